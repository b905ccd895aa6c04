import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { z } from 'zod';
import { AppError } from '../../src/core/errors.ts';
import type { Route } from '../../src/wire/route.ts';
import { type RouteName, type RouteOutput, type RouteParsed, routes } from '../../src/wire/routes.ts';

interface ReceivedFile {
  readonly filename: string;
  readonly text: string;
}

type Answer<N extends RouteName> = (typeof routes)[N]['answers'] extends 'events'
  ? readonly RouteOutput<N>[] | AsyncIterable<RouteOutput<N>>
  : (typeof routes)[N]['answers'] extends 'bytes'
    ? Uint8Array
    : RouteOutput<N>;

/** What the server answers, by route; a route without a handler fails the call. Throw an AppError to refuse. */
export type Script = {
  readonly [N in RouteName]?: (input: RouteParsed<N>, file: ReceivedFile) => Answer<N> | Promise<Answer<N>>;
};

interface ReceivedCall {
  readonly route: RouteName;
  readonly input: Readonly<Record<string, unknown>>;
  readonly file?: ReceivedFile;
}

export interface FakeApi {
  readonly url: string;
  readonly token: string;
  /** Calls as they came, parsed by the schemas of the route table. */
  readonly calls: readonly ReceivedCall[];
  /** Inputs of the calls of one route. */
  to(route: RouteName): readonly ReceivedCall['input'][];
  close(): Promise<void>;
}

const TOKEN = 'test-token';

interface Match {
  readonly name: RouteName;
  readonly route: Route;
  readonly params: Record<string, string>;
}

function matchRoute(method: string, pathname: string): Match | undefined {
  const parts = pathname.split('/');
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const pattern = route.path.split('/');
    if (route.method !== method || pattern.length !== parts.length) continue;
    const fits = pattern.every((part, i) => part.startsWith(':') || part === parts[i]);
    if (!fits) continue;
    const params = pattern.flatMap((part, i) =>
      part.startsWith(':') ? [[part.slice(1), decodeURIComponent(parts[i] ?? '')] as const] : [],
    );
    return { name, route, params: Object.fromEntries(params) };
  }
  return undefined;
}

function parse(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('invalid-input', parsed.error.issues.map(({ message }) => message).join('; '));
}

async function readCall(request: IncomingMessage, match: Match, url: URL): Promise<ReceivedCall> {
  const { route, name, params } = match;
  const body = await buffer(request);
  const input: Record<string, unknown> = {};
  if (route.params !== undefined) input['params'] = parse(route.params, params);
  if (route.query !== undefined) input['query'] = parse(route.query, Object.fromEntries(url.searchParams));
  if (route.body !== undefined) input['body'] = parse(route.body, JSON.parse(body.toString()));
  if (route.form === undefined) return { route: name, input };
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  const part = form.get('file');
  if (!(part instanceof File)) throw new AppError('invalid-input', 'The form has no file.');
  form.delete('file');
  input['form'] = parse(route.form, Object.fromEntries(form));
  return { route: name, input, file: { filename: part.name, text: await part.text() } };
}

async function send(response: ServerResponse, route: Route, answer: unknown): Promise<void> {
  if (route.answers === 'bytes') {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(answer as Uint8Array);
    return;
  }
  if (route.answers === 'events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for await (const event of answer as AsyncIterable<unknown> | Iterable<unknown>) {
      response.write(`data: ${JSON.stringify(route.response.parse(event))}\n\n`);
    }
    response.end();
    return;
  }
  const body = JSON.stringify(route.response.parse(answer));
  response.writeHead(route.status, { 'content-type': 'application/json' }).end(body);
}

function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof AppError;
  const code = known ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  const details = known ? error.details : undefined;
  const status = code === 'not-found' ? 404 : code === 'internal' ? 500 : 400;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code, message, ...(details === undefined ? {} : { details }) } }));
}

/** The API on a real port with scripted answers: as strict about what comes in as the product. */
export async function fakeApi(script: Script): Promise<FakeApi> {
  const calls: ReceivedCall[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const match = matchRoute(request.method ?? '', url.pathname);
    if (match === undefined) throw new AppError('not-found', `No route ${request.method} ${url.pathname}`);
    if (match.route.action !== 'public' && request.headers.authorization !== `Bearer ${TOKEN}`) {
      throw new AppError('unauthenticated', 'Expected the token.');
    }
    const call = await readCall(request, match, url);
    calls.push(call);
    const handler = script[match.name] as
      | ((input: unknown, file: ReceivedFile | undefined) => unknown)
      | undefined;
    if (handler === undefined) throw new Error(`The test did not script ${match.name}.`);
    await send(response, match.route, await handler(call.input, call.file));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    calls,
    to: (route) => calls.filter((call) => call.route === route).map(({ input }) => input),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
