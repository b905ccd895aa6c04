import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ModelFault, playFault } from './model-faults.ts';
import { type Dialect, type SaidAnswer, anthropicAnswer, embeddings, openAiAnswer } from './model-wire.ts';

/** What a program asked the server, as it came. */
export interface AskedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; `{}` for a GET. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The program's end of the connection: the same for requests over one connection. */
  readonly clientPort: number | undefined;
  /** Whether the program closed the connection before the answer was over. Settles when the answer or the connection ends. */
  readonly cut: Promise<boolean>;
}

/** An answer of the script: a text, more than a text, or a fault by name (which may come in the middle of `text`). */
export type ScriptedAnswer = string | DisturbedAnswer;

interface DisturbedAnswer extends SaidAnswer {
  readonly fault?: ModelFault;
  /** What becomes of the bytes of a stream on their way. */
  readonly damage?: (bytes: Buffer) => Uint8Array;
}

export type ServerScript = (
  request: AskedRequest,
  call: number,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>;

export interface ModelServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; programs that speak the OpenAI way want `baseUrl`. */
  readonly url: string;
  /** `<url>/v1` */
  readonly baseUrl: string;
  /** Requests for answers, in order; those for models and embeddings are in it, too. */
  readonly requests: readonly AskedRequest[];
  /** Answers from now on by another script. */
  say(script: ServerScript): void;
  close(): Promise<void>;
}

const HELLO = 'Hello from the scripted model.';

/**
 * A real HTTP server on this machine that speaks OpenAI (`/v1/chat/completions`, `/v1/models`, `/v1/embeddings`) and
 * Anthropic (`/v1/messages`), streamed word by word or whole, and answers what the script says. A script that throws
 * answers status 500.
 */
export async function modelServer(first: ServerScript = () => HELLO): Promise<ModelServer> {
  const requests: AskedRequest[] = [];
  let script = first;
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await received(incoming, response);
    requests.push(request);
    const dialect = dialectOf(request.path);
    if (dialect === undefined) return sendJson(response, asides(request));
    const said = (await script(request, requests.length)) ?? HELLO;
    await answerIn(dialect, request, { response, answer: typeof said === 'string' ? { text: said } : said });
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => failed(response, error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  return {
    url,
    baseUrl: `${url}/v1`,
    requests,
    say: (next) => (script = next),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function received(incoming: IncomingMessage, response: ServerResponse): Promise<AskedRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  const { promise: cut, resolve } = Promise.withResolvers<boolean>();
  response.once('close', () => resolve(!response.writableFinished && response.errored === null));
  return {
    path: incoming.url ?? '',
    headers: incoming.headers,
    clientPort: incoming.socket.remotePort,
    body: (text === '' ? {} : JSON.parse(text)) as AskedRequest['body'],
    cut,
  };
}

function dialectOf(path: string): Dialect | undefined {
  if (path.endsWith('/chat/completions')) return 'openai';
  return path.endsWith('/messages') ? 'anthropic' : undefined;
}

function asides({ path, body }: AskedRequest): unknown {
  if (path.endsWith('/models'))
    return { object: 'list', data: [{ id: 'scripted', object: 'model', created: 0 }] };
  return path.endsWith('/embeddings') ? embeddings(body) : { error: { message: `Nothing at ${path}` } };
}

interface Stage {
  readonly response: ServerResponse;
  readonly answer: DisturbedAnswer;
}

async function answerIn(
  dialect: Dialect,
  { body }: AskedRequest,
  { response, answer }: Stage,
): Promise<void> {
  const model = String(body['model']);
  const { whole, events } =
    dialect === 'openai' ? openAiAnswer(answer, model) : anthropicAnswer(answer, model);
  if (answer.fault !== undefined) return playFault(answer.fault, response, { dialect, events });
  if (body['stream'] !== true) {
    if (answer.delayMs !== undefined) await sleep(answer.delayMs);
    return sendJson(response, whole);
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  if (answer.damage !== undefined) return void response.end(answer.damage(Buffer.from(events.join(''))));
  for (const event of events) {
    if (response.destroyed) return;
    response.write(event);
    if (answer.delayMs !== undefined) await sleep(answer.delayMs);
  }
  response.end();
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

function failed(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message: `The script failed: ${String(error)}` } }));
}
