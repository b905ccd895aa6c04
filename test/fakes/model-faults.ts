import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { Dialect } from './model-wire.ts';

/** The stream that a fault disturbs. */
interface Script {
  readonly dialect: Dialect;
  /** The events of the good answer; the last one is the end. */
  readonly events: readonly string[];
}

type Play = (response: ServerResponse, script: Script) => Promise<void> | void;

/** How little a slow server sends at a time, and how long it waits then. */
const DRIP_BYTES = 5;
const DRIP_MS = 1;

const HUGE_CHARS = 10_000_000;
const DEPTH = 10_000;

const refuse =
  (status: number, headers: Readonly<Record<string, string>> = {}, code = 'scripted'): Play =>
  (response) => {
    const { authorization = '', 'x-api-key': key = '' } = response.req.headers;
    // Vendors do repeat what they were sent.
    const message = `Refused with ${status}; you sent ${authorization} ${String(key)}. ${'All about it. '.repeat(100)}`;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ type: 'error', error: { type: 'scripted_error', code, message } }));
  };

const open = (response: ServerResponse, headers: Readonly<Record<string, string>> = {}) =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });

/** Writes the parts and lets each of them leave before the next. */
async function write(response: ServerResponse, parts: readonly (string | Uint8Array)[]): Promise<void> {
  for (const part of parts) {
    await new Promise<void>((sent) => response.write(part, () => sent()));
    await turn();
  }
}

/** Sends the parts, then ends as it should be. */
const send =
  (
    pick: (script: Script) => readonly (string | Uint8Array)[],
    headers: Readonly<Record<string, string>> = {},
  ): Play =>
  async (response, script) => {
    open(response, headers);
    await write(response, pick(script));
    response.end();
  };

/** Sends the parts, then breaks the connection. */
const cut =
  (pick: (script: Script) => readonly string[]): Play =>
  async (response, script) => {
    open(response);
    await write(response, pick(script));
    response.destroy(new Error('cut by the fault'));
  };

/** Sends the parts, then keeps the connection open and says no more. */
const hang =
  (pick: (script: Script) => readonly string[]): Play =>
  async (response, script) => {
    open(response);
    response.flushHeaders();
    await write(response, pick(script));
  };

const half = (events: readonly string[]) => events.slice(0, Math.ceil(events.length / 2));
const last = (events: readonly string[]) => events.at(-1) ?? '';
const beforeLast = (events: readonly string[], count: number) => events.slice(0, -count);

/** An event with this JSON as the text of the answer. */
function saying(dialect: Dialect, json: string): string {
  if (dialect === 'openai')
    return `data: {"choices":[{"index":0,"delta":{"content":${json}},"finish_reason":null}]}\n\n`;
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${json}}}\n\n`;
}

/** The good answer with one more event in its middle. */
const within =
  (event: (dialect: Dialect) => string | Uint8Array) =>
  ({ dialect, events }: Script) => {
    const begun = half(events);
    return [...begun, event(dialect), ...events.slice(begun.length)];
  };

/** A tool call as some servers send it: whole, and without its place in the list. */
function toolCallWithoutIndex({ dialect, events }: Script): readonly string[] {
  if (dialect === 'anthropic') return events.map((event) => event.replaceAll(/"index":\d+,/g, ''));
  const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"q":"tea"}' } };
  const delta = { choices: [{ delta: { tool_calls: [call] }, finish_reason: null }] };
  const end = { choices: [{ delta: {}, finish_reason: 'tool_calls' }] };
  return [delta, end].map((part) => `data: ${JSON.stringify(part)}\n\n`);
}

const errorEvent = (dialect: Dialect): string => {
  const error = { type: 'overloaded_error', message: 'Too much to do.' };
  return dialect === 'openai'
    ? `data: ${JSON.stringify({ error })}\n\n`
    : `event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`;
};

const HTML = '<!doctype html><html><body><h1>Welcome to the gateway</h1></body></html>';

const FAULTS = {
  'rate-limited': refuse(429),
  'rate-limited-seconds': refuse(429, { 'retry-after': '7' }),
  'rate-limited-date': (response, script) =>
    refuse(429, { 'retry-after': new Date(Date.now() + 9_000).toUTCString() })(response, script),
  'quota-used-up': refuse(429, {}, 'insufficient_quota'),
  'bad-request': refuse(400),
  unauthenticated: refuse(401),
  'payment-required': refuse(402),
  'unknown-model': refuse(404),
  'server-error': refuse(500),
  'bad-gateway': (response) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    response.end(HTML);
  },
  unavailable: refuse(503, { 'retry-after': '3' }),
  overloaded: refuse(529),
  redirect: (response) => {
    response.writeHead(307, { location: 'http://192.0.2.1/v1' });
    response.end();
  },
  'silence-before-headers': () => {},
  'closed-before-headers': (response) => {
    response.destroy(new Error('cut by the fault'));
  },
  'closed-during-headers': (response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-type: text/ev');
  },
  'silence-before-first-event': hang(() => []),
  'comments-only': async (response) => {
    open(response);
    while (!response.destroyed) {
      response.write(': still here\n\n');
      await sleep(10);
    }
  },
  'cut-in-event': cut(({ events }) => [...half(events), last(events).slice(0, 8)]),
  'cut-between-events': cut(({ events }) => half(events)),
  'cut-before-usage': cut(({ events }) => beforeLast(events, 2)),
  'cut-before-done': cut(({ events }) => beforeLast(events, 1)),
  'ended-early': send(({ events }) => half(events)),
  'empty-stream': send(() => []),
  'empty-answer': send(({ events }) =>
    events.filter((event) => !/"content":"[^"]|"content_block/.test(event)),
  ),
  garbage: send(() => [randomBytes(4_096)]),
  'garbage-events': send(within(() => 'data: no JSON at all\n\n')),
  'half-json': send(within(() => 'data: {"choices":[{"delta":{"con\n\n')),
  'not-a-number': send(within((dialect) => saying(dialect, 'NaN'))),
  'wrong-types': send(within((dialect) => saying(dialect, '{"deep":[42]}'))),
  html: (response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(HTML);
  },
  'json-for-a-stream': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"choices":[{"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}]}');
  },
  'slow-drip': async (response, { events }) => {
    open(response);
    const bytes = Buffer.from(events.join(''));
    for (let at = 0; at < bytes.length && !response.destroyed; at += DRIP_BYTES) {
      response.write(bytes.subarray(at, at + DRIP_BYTES));
      await sleep(DRIP_MS);
    }
    response.end();
  },
  'silence-mid-stream': hang(({ events }) => half(events)),
  'silence-after-end': hang(({ events }) => events),
  'double-end': send(({ dialect, events }) => [...events, ...events.slice(dialect === 'openai' ? -3 : -1)]),
  'huge-event': send(within((dialect) => saying(dialect, `"${'x'.repeat(HUGE_CHARS)}"`))),
  'wrong-encoding': send(({ events }) => [Buffer.from(events.join(''), 'utf16le')]),
  'bad-utf8': send(within((dialect) => Buffer.from(saying(dialect, '"\u00ff\u00fe"'), 'latin1'))),
  'broken-gzip': send(({ events }) => events, { 'content-encoding': 'gzip' }),
  'duplicate-keys': send(
    within((dialect) => saying(dialect, '"once"').replace('"index":0', '"index":7,"index":0')),
  ),
  'tool-call-without-index': send(toolCallWithoutIndex),
  'deep-nesting': send(within((dialect) => saying(dialect, `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`))),
  'error-in-stream': send(within(errorEvent)),
} as const satisfies Readonly<Record<string, Play>>;

/** What can go wrong at a provider, by name. Faults in a stream come in the middle of the good answer. */
export type ModelFault = keyof typeof FAULTS;

export const MODEL_FAULTS = Object.keys(FAULTS) as ModelFault[];

export async function playFault(fault: ModelFault, response: ServerResponse, script: Script): Promise<void> {
  const play: Play = FAULTS[fault];
  await play(response, script);
}
