import { Client as NewClient, StreamableHTTPClientTransport as NewHttp } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as OldTransport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** Where a client finds the server. */
export type McpAt =
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    };

export interface ToolResult {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
}

export interface ShownTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly annotations?: Readonly<Record<string, unknown>> | undefined;
  readonly inputSchema: object;
  readonly outputSchema?: object | undefined;
}

/** What a test does with an official client, of whichever line. */
export interface McpTestClient {
  tools(): Promise<readonly ShownTool[]>;
  call(name: string, args: unknown, signal?: AbortSignal): Promise<ToolResult>;
  read(uri: string): Promise<string>;
  close(): Promise<void>;
}

const INFO = { name: 'test', version: '1.0.0' };

function textOf({ contents }: { readonly contents: readonly object[] }): string {
  return contents.map((content) => ('text' in content ? String(content.text) : '')).join('');
}

async function newLine(at: McpAt, mode: 'legacy' | 'auto'): Promise<McpTestClient> {
  const client = new NewClient(INFO, { versionNegotiation: { mode } });
  const transport =
    'url' in at
      ? new NewHttp(new URL(at.url), { requestInit: { headers: { ...at.headers } } })
      : new NewStdio({ command: at.command, args: [...at.args], env: { ...at.env }, stderr: 'ignore' });
  await client.connect(transport);
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, args, signal) =>
      client.callTool(
        { name, arguments: args as Record<string, unknown> },
        signal === undefined ? {} : { signal },
      ),
    read: async (uri) => textOf(await client.readResource({ uri })),
    close: () => client.close(),
  };
}

async function oldLine(at: McpAt): Promise<McpTestClient> {
  const client = new OldClient(INFO);
  const transport =
    'url' in at
      ? new OldHttp(new URL(at.url), { requestInit: { headers: { ...at.headers } } })
      : new OldStdio({ command: at.command, args: [...at.args], env: { ...at.env }, stderr: 'ignore' });
  await client.connect(transport as OldTransport);
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, args, signal) =>
      (await client.callTool(
        { name, arguments: args as Record<string, unknown> },
        undefined,
        signal === undefined ? {} : { signal },
      )) as ToolResult,
    read: async (uri) => textOf(await client.readResource({ uri })),
    close: () => client.close(),
  };
}

/** The official clients: of the former package, and of the new one in both protocol lines. */
export const MCP_LINES: readonly (readonly [string, (at: McpAt) => Promise<McpTestClient>])[] = [
  ['the v1 client', oldLine],
  ['the v2 client on the 2025 line', (at) => newLine(at, 'legacy')],
  ['the v2 client on the 2026 line', (at) => newLine(at, 'auto')],
];

/** One of them, for rules that have nothing to do with the line. */
export const mcpClient = (at: McpAt): Promise<McpTestClient> => newLine(at, 'auto');
