import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A request that is being answered. */
export interface ObservedRequest {
  /** Runs what follows as part of the request. */
  within<T>(part: () => T): T;
  end(status: number): void;
}

/** Told of every request as it comes; `route` is the pattern, or `unknown`. */
export type ObserveRequest = (request: {
  readonly method: string;
  readonly route: string;
  readonly traceContext: string | undefined;
}) => ObservedRequest;

/** By custom the status of a request whose client left before the answer was over. */
const CLIENT_LEFT = 499;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Tells of every request, refused ones included, from its head until the last byte of the answer has gone. */
export function observeRequests(app: FastifyInstance, observe: ObserveRequest): void {
  const observed = new WeakMap<FastifyRequest, ObservedRequest>();
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    const one = observe({
      method: METHODS.has(request.method) ? request.method : 'other',
      route: request.routeOptions.url ?? 'unknown',
      traceContext: typeof traceparent === 'string' ? traceparent : undefined,
    });
    observed.set(request, one);
    reply.raw.once('close', () => one.end(reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_LEFT));
    one.within(done);
  });
  // A body arrives by events of the connection, which know nothing of the request.
  app.addHook('preValidation', (request, _reply, done) => {
    const one = observed.get(request);
    if (one === undefined) done();
    else one.within(done);
  });
}
