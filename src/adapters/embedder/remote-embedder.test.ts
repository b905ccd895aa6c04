import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { embedderContract } from '../../../test/contracts/embedder.ts';
import { fakeEmbedder } from '../../../test/fakes/embedder.ts';
import { isAbort } from '../../core/errors.ts';
import { dot } from '../../core/vectors.ts';
import { remoteEmbedder, type RemoteEmbedderOptions } from './remote-embedder.ts';
import { testHttpServer, type Handler, type RecordedRequest } from './test-http-server.ts';

const { signal } = new AbortController();
const KEY = 'sk-very-secret';
const fake = fakeEmbedder({ maxTokens: 512 });

interface Body {
  readonly input: readonly string[];
  readonly encoding_format: string;
}

const bodyOf = (request: RecordedRequest | undefined) => JSON.parse(request?.body ?? '{}') as Body;

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Answers as servers do, in another order than asked, vectors longer than 1. */
const answerWell: Handler = (request, response) => {
  const { input, encoding_format } = bodyOf(request);
  if (input.some((text) => text === ''))
    return send(response, 400, { error: { message: 'input cannot be empty' } });
  void fake.embedTexts(input, signal).then((vectors) => {
    const data = vectors.map((vector, index) => {
      const long = vector.map((x) => x * 3);
      const embedding =
        encoding_format === 'base64' ? Buffer.from(long.buffer).toString('base64') : [...long];
      return { object: 'embedding', index, embedding };
    });
    send(response, 200, { object: 'list', model: 'm', data: data.toReversed(), usage: { total_tokens: 1 } });
  });
};

/** The handlers in turn, the last one for ever. */
function inTurn(...handlers: readonly Handler[]): Handler {
  let turn = 0;
  return (request, response) => handlers[Math.min(turn++, handlers.length - 1)]?.(request, response);
}

const options = (url: string): RemoteEmbedderOptions => ({
  baseUrl: `${url}/v1`,
  model: 'test-model',
  apiKey: KEY,
  dimensions: 32,
  queryTimeoutMs: 5_000,
});

/** An embedder against scripted answers; waits between tries are recorded, not waited. */
async function against(handler: Handler, more: Partial<RemoteEmbedderOptions> = {}) {
  const server = await testHttpServer(handler);
  const waits: number[] = [];
  const sleep = async (ms: number) => waits.push(ms);
  const embedder = remoteEmbedder({ ...options(server.url), sleep, ...more });
  return { server, waits, embedder, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

for (const encoding of ['float', 'base64'] as const) {
  embedderContract(`remoteEmbedder with ${encoding} answers`, async () => {
    const server = await testHttpServer(answerWell);
    return {
      embedder: remoteEmbedder({ ...options(server.url), encoding }),
      dispose: async () => server[Symbol.asyncDispose](),
    };
  });
}

describe('remoteEmbedder', () => {
  it('asks the OpenAI way', async () => {
    await using remote = await against(answerWell);
    await remote.embedder.embedTexts(['a', 'b'], signal);
    const request = remote.server.requests[0];
    expect(request).toMatchObject({ method: 'POST', path: '/v1/embeddings' });
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(bodyOf(request)).toEqual({ model: 'test-model', input: ['a', 'b'], encoding_format: 'float' });
  });

  it('asks for a question once and then remembers it', async () => {
    await using remote = await against(answerWell);
    await remote.embedder.embedQuery('where?', signal);
    await remote.embedder.embedQuery('where?', signal);
    expect(remote.server.requests).toHaveLength(1);
  });

  it('keeps to the limits of texts and characters of a request', async () => {
    await using remote = await against(answerWell, { maxBatchTexts: 3, maxBatchChars: 50 });
    const texts = ['a', 'b', 'c', 'd', 'x'.repeat(45), 'y'.repeat(60), 'z'];
    await remote.embedder.embedTexts(texts, signal);
    const sizes = remote.server.requests.map((request) => bodyOf(request).input.length);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 1, 2, 3]);
  });

  it('puts prefixes before questions and texts', async () => {
    await using remote = await against(answerWell, { prefixes: { query: 'q: ', text: 't: ' } });
    await remote.embedder.embedQuery('one', signal);
    await remote.embedder.embedTexts(['two'], signal);
    expect(remote.server.requests.map((request) => bodyOf(request).input)).toEqual([['q: one'], ['t: two']]);
  });

  it('waits as long as a 429 asks, then goes on', async () => {
    const busy: Handler = (_, response) => send(response, 429, 'slow down', { 'retry-after': '7' });
    await using remote = await against(inTurn(busy, busy, answerWell));
    expect(await remote.embedder.embedTexts(['a'], signal)).toHaveLength(1);
    expect(remote.waits).toEqual([7_000, 7_000]);
  });

  it('leaves a wait of minutes to the caller', async () => {
    const busy: Handler = (_, response) => send(response, 429, 'slow down', { 'retry-after': '600' });
    await using remote = await against(busy);
    await expect(remote.embedder.embedTexts(['a'], signal)).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 600_000,
    });
    expect(remote.server.requests).toHaveLength(1);
  });

  it('tries again after a 500, waiting longer each time, and gives up in the end', async () => {
    await using remote = await against((_, response) => send(response, 500, 'oops'), { attempts: 4 });
    await expect(remote.embedder.embedTexts(['a'], signal)).rejects.toMatchObject({ code: 'unavailable' });
    expect(remote.waits).toEqual([500, 1_000, 2_000]);
  });

  it('tries a question only once', async () => {
    await using remote = await against((_, response) => send(response, 500, 'oops'));
    await expect(remote.embedder.embedQuery('a', signal)).rejects.toMatchObject({ code: 'unavailable' });
    expect(remote.server.requests).toHaveLength(1);
  });

  it('gives a question its budget and no more', async () => {
    await using remote = await against(() => {}, { queryTimeoutMs: 20 });
    await expect(remote.embedder.embedQuery('a', signal)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('stops at once when the signal fires during a request', async () => {
    const stop = new AbortController();
    await using remote = await against(() => stop.abort());
    const failure = await remote.embedder.embedTexts(['a'], stop.signal).catch((error: unknown) => error);
    expect(isAbort(failure)).toBe(true);
    expect(remote.server.requests).toHaveLength(1);
  });

  it('stops at once when it is closed during a request', async () => {
    const held = Promise.withResolvers<void>();
    await using remote = await against(() => held.resolve());
    const running = remote.embedder.embedTexts(['a'], signal);
    await Promise.all([
      expect(running).rejects.toMatchObject({ code: 'aborted' }),
      held.promise.then(() => remote.embedder.close()),
    ]);
  });

  it.each<[string, string]>([
    ['no JSON', '<html>gateway</html>'],
    ['another answer', '{"data": "none"}'],
    ['cut JSON', '{"data": [{"index": 0, "embed'],
    ['too few vectors', '{"data": []}'],
    [
      'an index out of range',
      JSON.stringify({ data: [{ index: 5, embedding: Array.from({ length: 32 }, () => 1) }] }),
    ],
    ['no numbers', '{"data": [{"index": 0, "embedding": ["x"]}]}'],
    [
      'no direction',
      JSON.stringify({ data: [{ index: 0, embedding: Array.from({ length: 32 }, () => 0) }] }),
    ],
  ])('takes garbage for a passing failure: %s', async (_, body) => {
    await using remote = await against(inTurn((_, response) => send(response, 200, body), answerWell));
    expect(await remote.embedder.embedTexts(['a'], signal)).toHaveLength(1);
    expect(remote.server.requests).toHaveLength(2);
  });

  it('takes an answer that breaks off for a passing failure', async () => {
    const cut: Handler = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"data": [');
      setImmediate(() => response.destroy());
    };
    await using remote = await against(inTurn(cut, answerWell));
    expect(await remote.embedder.embedTexts(['a'], signal)).toHaveLength(1);
  });

  it('says at once that vectors have another dimension than configured', async () => {
    await using remote = await against(answerWell, { dimensions: 768 });
    await expect(remote.embedder.embedTexts(['a', 'b'], signal)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/32 dimensions; 768/),
    });
    expect(remote.server.requests).toHaveLength(1);
  });

  it('sends a text that the server finds too long again, shorter, without touching its neighbours', async () => {
    const strict: Handler = (request, response) =>
      bodyOf(request).input.some((text) => text.length > 600)
        ? send(response, 400, 'too many tokens')
        : answerWell(request, response);
    await using remote = await against(strict);
    const texts = ['short', 'long word '.repeat(200), 'also short'];
    const [short, , alsoShort] = await remote.embedder.embedTexts(texts, signal);
    const [expected, alsoExpected] = await fake.embedTexts(['short', 'also short'], signal);
    const zero = new Float32Array(32);
    expect(dot(short ?? zero, expected ?? zero)).toBeCloseTo(1, 5);
    expect(dot(alsoShort ?? zero, alsoExpected ?? zero)).toBeCloseTo(1, 5);
  });

  it.each([401, 404])('does not repeat a request that is refused for good: %i', async (status) => {
    await using remote = await against((_, response) => send(response, status, `bad key ${KEY}`));
    await expect(remote.embedder.embedTexts(['a'], signal)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(remote.server.requests).toHaveLength(1);
  });

  it('never shows the key or the raw words of the server in an error', async () => {
    await using remote = await against((_, response) => send(response, 401, `your key ${KEY} is wrong`));
    const error = await remote.embedder.embedQuery('a', signal).catch((thrown: unknown) => thrown as Error);
    const { message, cause } = error as Error;
    expect(message).not.toContain('wrong');
    expect(`${message} ${String(cause)} ${JSON.stringify(error)}`).not.toContain(KEY);
    expect(String(cause)).toContain('your key [key] is wrong');
  });

  it('follows no server to another one', async () => {
    await using elsewhere = await testHttpServer(answerWell);
    const location = `${elsewhere.url}/v1/embeddings`;
    await using remote = await against((_, response) => send(response, 307, '', { location }));
    await expect(remote.embedder.embedTexts(['a'], signal)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('says that a server cannot be reached', async () => {
    const remote = await against(answerWell, { attempts: 1 });
    await remote[Symbol.asyncDispose]();
    await expect(remote.embedder.embedTexts(['a'], signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot be reached'),
    });
  });
});
