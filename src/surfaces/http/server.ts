import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { type RouteName, routes } from '../../wire/routes.ts';
import { refuseConnection } from './refuse-connection.ts';
import { sendError } from './errors.ts';
import { serveMcp } from '../mcp/serve-mcp.ts';
import { guard } from './guard.ts';
import type { AnyHandler, Handlers } from './handlers.ts';
import { openApi } from './openapi.ts';
import { servePage } from './page/serve-page.ts';
import { refuseUndecided } from './policies.ts';
import { type ObserveRequest, observeRequests } from './observe-requests.ts';
import type { Waiting } from './openai/answers.ts';
import type { OpenAiHandlers } from './openai/open-ai-handlers.ts';
import { serveOpenAi } from './openai/serve-open-ai.ts';
import { type RunningWork, runningWork } from './running-work.ts';
import { type ServeDeps, serveRoute } from './serve-route.ts';

export interface HttpOptions extends Omit<ServeDeps, 'signal'> {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** Addresses (or networks) of proxies whose `X-Forwarded-*` headers are believed. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Of one uploaded file; the use cases hold finer limits. */
  readonly maxUploadBytes: number;
  readonly handlers: Handlers;
  /** Use cases behind `/v1`; without them nothing is there. */
  readonly openAi?: OpenAiHandlers;
  /** Told of every request. */
  readonly observe?: ObserveRequest | undefined;
  /** How long it is quiet there while a model has nothing to say. */
  readonly openAiWaiting?: Waiting;
  /** What runs when the server closes may go on for so long. Default 5 s. */
  readonly graceMs?: number;
}

export interface HttpServer {
  readonly url: string;
  /**
   * Stops taking requests and waits for what runs, also for work whose client has gone; after the grace it is aborted and
   * has as long again to end.
   */
  close(): Promise<void>;
}

/** JSON bodies: the longest message is 100,000 characters. */
const MAX_JSON_BYTES = 1_000_000;
const REQUEST_TIMEOUT_MS = 10 * 60_000;
const GRACE_MS = 5_000;

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

async function documentation(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, { mode: 'static', specification: { document: openApi(version) as never } });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: true,
    theme: { title: 'Jiwa API' },
  });
}

async function prepare(app: FastifyInstance, options: HttpOptions): Promise<void> {
  if (options.observe !== undefined) observeRequests(app, options.observe);
  const check = guard([...options.allowedHosts, shownHost(options.host).toLowerCase()]);
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS);
    if (request.url.startsWith('/api') && !request.url.startsWith('/api/docs')) {
      void reply.header('cache-control', 'no-store');
    }
    check(request);
  });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, options.log));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new AppError('not-found', `There is no ${request.method} ${request.url.split('?')[0]}.`),
      options.log,
    ),
  );
  await app.register(cookie);
  await app.register(multipart, {
    // A second file is let through to be refused by name.
    limits: { files: 2, fields: 10, fieldSize: 10_000, fileSize: options.maxUploadBytes + 1 },
    throwFileSizeLimit: false,
  });
  await documentation(app, options.version);
  servePage(app);
}

/** How callers name the address that is listened on. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return `http://${shownHost(host)}:${port}`;
}

/** Opens the HTTP door over the bound use cases. Throws `conflict` when the port is taken. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { graceMs = GRACE_MS, log, trustedProxies = [] } = options;
  const stopping = new AbortController();
  const running = runningWork();
  const app = fastify({
    // A request without a Host is refused by the guard, in the shape of every other error.
    http: { requireHostHeader: false },
    logger: false,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: MAX_JSON_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // The refusal while closing is ours, too.
    return503OnClosing: false,
    clientErrorHandler: refuseConnection,
    // An address that cannot be read is refused before any route or hook.
    frameworkErrors: (error, _request, reply) => void sendError(reply as FastifyReply, error, log),
  });
  // Node would answer an expectation it does not know by itself; it may as well be ignored.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.removeContentTypeParser('text/plain');
  app.addHook('onRoute', refuseUndecided);
  await prepare(app, options);
  let closing = false;
  app.addHook('onRequest', async () => {
    if (closing) throw new AppError('unavailable', 'The server is stopping.');
  });
  for (const name of Object.keys(routes) as RouteName[]) {
    const route = routes[name];
    const handler = options.handlers[name] as AnyHandler;
    const served = serveRoute(route, handler, { ...options, signal: stopping.signal });
    app.route({
      method: route.method,
      url: route.path,
      onRequest: served.onRequest,
      handler: (request, reply) => running.track(served.handler(request, reply)),
    });
  }
  const { openAi } = options;
  if (openAi) await serveOpenAi(app, { ...options, ...running, openAi, signal: stopping.signal });
  serveMcp(app, { ...options, ...running, signal: stopping.signal });
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AppError(
      'conflict',
      `Port ${options.port} is taken by another program. Choose one with --port or JIWA_PORT.`,
    );
  }
  return {
    url: urlOf(app, options.host),
    async close() {
      closing = true;
      await closed(app, running, stopping, graceMs);
      if (running.count() > 0) log.warn('requests-left-running', { count: running.count() });
    },
  };
}

/** Closes as `HttpServer.close` says. */
async function closed(
  app: FastifyInstance,
  running: RunningWork,
  stopping: AbortController,
  graceMs: number,
): Promise<void> {
  const given = new AbortController();
  const grace = setTimeout(() => {
    stopping.abort();
    app.server.closeAllConnections();
  }, graceMs);
  const limit = setTimeout(() => given.abort(), 2 * graceMs);
  await app.close();
  await running.ended(given.signal);
  clearTimeout(grace);
  clearTimeout(limit);
  stopping.abort();
}
