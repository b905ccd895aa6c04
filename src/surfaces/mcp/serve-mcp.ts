import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { admitRequest } from '../http/admit-request.ts';
import type { RunningWork } from '../http/running-work.ts';
import { type InProcessDeps, inProcessApi } from './in-process-api.ts';
import type { McpApi } from './mcp-api.ts';
import type { McpHandler } from './mcp-handler.ts';

export interface McpDeps extends InProcessDeps, Pick<RunningWork, 'track'> {
  readonly version: string;
}

/** Whoever is known may come in; each tool asks for what it needs. */
const COMING_IN = { action: 'account:read' } as const;

/** What we say of every answer goes out with this one, too. */
function keepHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
}

/** The protocol's library is large; who never asks for it never loads it. */
function onceAsked(deps: McpDeps) {
  let opened: Promise<McpHandler> | undefined;
  return {
    handler: () => (opened ??= import('./mcp-handler.ts').then(({ mcpHandler }) => mcpHandler(deps))),
    close: async () => (await opened)?.close(),
  };
}

/**
 * Mounts the memory server at `/mcp`: streamable HTTP without sessions, for clients of both protocol lines. The token is
 * asked for before anything else is read.
 */
export function serveMcp(app: FastifyInstance, deps: McpDeps): void {
  const admitted = new WeakMap<FastifyRequest, McpApi>();
  const mcp = onceAsked(deps);
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    exposeHeadRoute: false,
    async onRequest(request) {
      const access = await admitRequest(request, COMING_IN, deps);
      admitted.set(request, inProcessApi(request, access, deps));
    },
    async handler(request, reply) {
      const api = admitted.get(request);
      if (api === undefined) throw new AppError('internal', 'A request came past its admission.');
      const handler = await mcp.handler();
      void reply.header('cache-control', 'no-store');
      keepHeaders(reply);
      reply.hijack();
      await deps.track(handler.answer(request, reply, api));
    },
  });
  app.addHook('onClose', () => mcp.close());
}
