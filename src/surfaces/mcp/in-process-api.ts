import type { FastifyRequest } from 'fastify';
import type { Access, Authorized } from '../../core/authorized.ts';
import type { Route } from '../../wire/route.ts';
import { type RouteInput, type RouteName, type RouteOutput, routes } from '../../wire/routes.ts';
import { admitRequest } from '../http/admit-request.ts';
import type { AnyHandler, Handlers } from '../http/handlers.ts';
import { type ServeDeps, auditEvent, inputOf } from '../http/serve-route.ts';
import type { McpApi } from './mcp-api.ts';

export interface InProcessDeps extends ServeDeps {
  readonly handlers: Handlers;
}

/** The API for one request that was let in: each call is admitted, limited and audited as its route says, as over HTTP. */
export function inProcessApi(
  request: FastifyRequest,
  { actions = [] }: Authorized<Access>,
  deps: InProcessDeps,
): McpApi {
  return {
    actions,
    async call<N extends RouteName>(name: N, given: RouteInput<N>, caller: AbortSignal = deps.signal) {
      const route: Route = routes[name];
      const run = deps.handlers[name] as AnyHandler;
      const access = await admitRequest(request, route, deps);
      const input = inputOf(route, given);
      const watched = deps.watch(access, route.action);
      try {
        const answer = await run(access, input, AbortSignal.any([deps.signal, watched.signal, caller]));
        if (route.audit !== undefined) await deps.record(access, auditEvent(route.audit, given, answer));
        return route.response.parse(answer) as RouteOutput<N>;
      } finally {
        watched.end();
      }
    },
  };
}
