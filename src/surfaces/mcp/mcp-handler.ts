import { toNodeHandler } from '@modelcontextprotocol/node';
import { type AuthInfo, createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { McpApi } from './mcp-api.ts';
import { memoryServer } from './memory-server.ts';

/** Speaks the protocol over requests that were admitted. */
export interface McpHandler {
  answer(request: FastifyRequest, reply: FastifyReply, api: McpApi): Promise<void>;
  close(): Promise<void>;
}

/** The memory server over streamable HTTP without sessions: nothing is kept between two requests. */
export function mcpHandler({ version, log }: { readonly version: string; readonly log: Log }): McpHandler {
  const callers = new WeakMap<AuthInfo, McpApi>();
  const onerror = ({ name }: Error) => log.debug('mcp-refused', { name });
  const mcp = createMcpHandler(
    ({ authInfo }) => {
      const api = authInfo && callers.get(authInfo);
      if (api === undefined) throw new AppError('internal', 'A request came past its admission.');
      return memoryServer({ version, api, log });
    },
    { onerror, maxSubscriptions: 0 },
  );
  const answer = toNodeHandler(mcp, { onerror });
  return {
    async answer(request, reply, api) {
      const auth: AuthInfo = { token: '', clientId: '', scopes: [...api.actions] };
      callers.set(auth, api);
      const { method, url } = request;
      await answer(Object.assign(request.raw, { auth, method, url }), reply.raw, request.body);
    },
    close: () => mcp.close(),
  };
}
