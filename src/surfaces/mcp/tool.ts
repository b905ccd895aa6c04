import type {
  CallToolResult,
  McpServer,
  ServerContext,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { Log } from '../../core/context.ts';
import { toAppError } from '../../core/errors.ts';
import type { Action } from '../../wire/route.ts';
import type { McpApi } from './mcp-api.ts';

/** One tool: what a model reads of it, and what it does with the API. */
export interface ToolText<I extends z.ZodObject, O extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** All of them are needed. */
  readonly needs: readonly Action[];
  readonly hints: Pick<ToolAnnotations, 'readOnlyHint' | 'destructiveHint' | 'idempotentHint'>;
  readonly input: I;
  readonly output: O;
  run(input: z.output<I>, api: McpApi, signal: AbortSignal): Promise<z.input<O>>;
  /** The result in words; what was stored is marked as data. */
  tell(output: z.output<O>): string;
}

/** A tool with the types of its input and output forgotten. */
export interface Tool {
  readonly needs: readonly Action[];
  register(server: McpServer, api: McpApi, log: Log): void;
}

function failed(thrown: unknown, log: Log): CallToolResult {
  const error = toAppError(thrown);
  if (error.code === 'internal') log.error('tool-failed', { cause: error.cause ?? error });
  const { code, message, retryAfterMs } = error;
  const later = retryAfterMs === undefined ? '' : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  return { isError: true, content: [{ type: 'text', text: `${code}: ${message}${later}` }] };
}

/** Binds a tool's text to the protocol: results carry words and data, failures are results that say what went wrong. */
export function tool<I extends z.ZodObject, O extends z.ZodObject>(text: ToolText<I, O>): Tool {
  const { name, title, description, hints, input, output } = text;
  const config = {
    title,
    description,
    inputSchema: input as StandardSchemaWithJSON<unknown, z.output<I>>,
    outputSchema: output,
    annotations: { title, ...hints, openWorldHint: false },
  };
  return {
    needs: text.needs,
    register(server, api, log) {
      server.registerTool(name, config, async (args: z.output<I>, { mcpReq }: ServerContext) => {
        try {
          const result = output.parse(await text.run(args, api, mcpReq.signal));
          return { content: [{ type: 'text', text: text.tell(result) }], structuredContent: result };
        } catch (thrown) {
          return failed(thrown, log);
        }
      });
    },
  };
}
