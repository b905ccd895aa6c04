import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppError, ErrorCode } from '../../src/core/errors.ts';
import type { LanguageModel, ModelEvent } from '../../src/ports/language-model.ts';
import { MODEL_FAULTS, type ModelFault } from '../fakes/model-faults.ts';
import { type ModelServer, type ServerScript, modelServer } from '../fakes/model-server.ts';
import { languageModelContract, question, said, textOf } from './language-model.ts';

/** What a remote model is opened with. */
export interface RemoteSettings {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly firstTokenMs: number;
  readonly nextTokenMs: number;
}

export type Outcome = 'answer' | ErrorCode;

const KEY = 'sk-canary-0123456789abcdef';
const PROMPT = 'The canary of the prompt sings.';
const LIMITS = { firstTokenMs: 500, nextTokenMs: 400 };
const NUMBERS = 'satu dua три четыре 五 🎉six';

/** How each fault ends; what a driver does otherwise it declares. */
const OUTCOMES = {
  'rate-limited': 'rate-limited',
  'rate-limited-seconds': 'rate-limited',
  'rate-limited-date': 'rate-limited',
  'quota-used-up': 'provider-refused',
  'bad-request': 'provider-refused',
  unauthenticated: 'provider-refused',
  'payment-required': 'provider-refused',
  'unknown-model': 'provider-refused',
  'server-error': 'unavailable',
  'bad-gateway': 'unavailable',
  unavailable: 'unavailable',
  overloaded: 'unavailable',
  redirect: 'provider-refused',
  'silence-before-headers': 'timeout',
  'closed-before-headers': 'unavailable',
  'closed-during-headers': 'unavailable',
  'silence-before-first-event': 'timeout',
  'comments-only': 'timeout',
  'cut-in-event': 'unavailable',
  'cut-between-events': 'unavailable',
  'cut-before-usage': 'unavailable',
  'cut-before-done': 'unavailable',
  'ended-early': 'unavailable',
  'empty-stream': 'unavailable',
  'empty-answer': 'unavailable',
  garbage: 'unavailable',
  'garbage-events': 'unavailable',
  'half-json': 'unavailable',
  'not-a-number': 'unavailable',
  'wrong-types': 'unavailable',
  html: 'unavailable',
  'json-for-a-stream': 'unavailable',
  'slow-drip': 'answer',
  'silence-mid-stream': 'timeout',
  'silence-after-end': 'answer',
  'double-end': 'answer',
  'huge-event': 'unavailable',
  'wrong-encoding': 'unavailable',
  'bad-utf8': 'unavailable',
  'broken-gzip': 'unavailable',
  'duplicate-keys': 'answer',
  'tool-call-without-index': 'answer',
  'deep-nesting': 'unavailable',
  'error-in-stream': 'unavailable',
} as const satisfies Record<ModelFault, Outcome>;

/** The least and the most that an error says, in milliseconds. */
const RETRY_AFTER: Readonly<Record<string, readonly [number, number]>> = {
  'rate-limited-seconds': [7_000, 7_000],
  'rate-limited-date': [5_000, 9_000],
  unavailable: [3_000, 3_000],
};

/** Counts as it is told: as many words as tokens are asked for. */
const counting: ServerScript = ({ body }) => {
  const limit = Number(body['max_tokens'] ?? 100);
  const words = NUMBERS.split(' ');
  if (limit >= words.length) return NUMBERS;
  return { text: words.slice(0, limit).join(' '), finish: 'length' };
};

/** The rules of a driver whose model runs behind HTTP, against the scripted server. */
export function remoteLanguageModelContract(
  name: string,
  open: (settings: RemoteSettings) => LanguageModel,
  otherwise: Partial<Record<ModelFault, Outcome>> = {},
): void {
  languageModelContract(name, async () => {
    const server = await modelServer(counting);
    const model = open({ baseUrl: server.baseUrl, apiKey: KEY, firstTokenMs: 5_000, nextTokenMs: 5_000 });
    return { model, dispose: () => server.close() };
  });

  const outcomes = MODEL_FAULTS.map((fault) => [fault, otherwise[fault] ?? OUTCOMES[fault]] as const);
  const failures = outcomes.filter(([, outcome]) => outcome !== 'answer');
  const answers = outcomes.flatMap(([fault, outcome]) => (outcome === 'answer' ? [fault] : []));

  describe(`${name} over the network`, () => {
    let server: ModelServer;
    let model: LanguageModel;
    const printed: string[] = [];

    beforeEach(async () => {
      server = await modelServer(() => ({ text: NUMBERS, usage: { input: 20, output: 6, cached: 5 } }));
      model = open({ baseUrl: server.baseUrl, apiKey: KEY, ...LIMITS });
      for (const way of ['log', 'info', 'warn', 'error', 'debug'] as const)
        vi.spyOn(console, way).mockImplementation((...words) => printed.push(inspect(words)));
    });
    afterEach(async () => {
      vi.restoreAllMocks();
      await model.close();
      await server.close();
      expect(printed).toEqual([]);
    });

    /** What came before the end or the error, and the error. */
    async function listen(signal = new AbortController().signal) {
      const events: ModelEvent[] = [];
      try {
        for await (const event of model.stream(question(PROMPT), signal)) events.push(event);
        return { events, error: undefined };
      } catch (error) {
        return { events, error: error as AppError };
      }
    }

    it('gives the answer word for word, with the tokens as they were counted', async () => {
      const { events } = await listen();
      expect(textOf(events)).toBe(NUMBERS);
      const usage = { input: 20, output: 6, cached: 5 };
      expect(events.at(-1)).toEqual({ kind: 'end', reason: 'stop', usage });
    });

    it.each(failures)('ends in a clear error: %s in %s', async (fault, code) => {
      server.say(() => ({ text: NUMBERS, fault }));
      const { events, error } = await listen();
      expect(error).toMatchObject({ name: 'AppError', code });
      expect(error?.retryAfterMs !== undefined).toBe(fault in RETRY_AFTER);
      expectDiscreet(error);
      expect(events.filter(({ kind }) => kind === 'end')).toEqual([]);
      expect(server.requests).toHaveLength(1);
    });

    it.each(answers)('ends in a good answer: %s', async (fault) => {
      server.say(() => ({ text: NUMBERS, fault }));
      const { events, error } = await listen();
      expect(error).toBeUndefined();
      expect(events.findIndex(({ kind }) => kind === 'end')).toBe(events.length - 1);
      expect(server.requests).toHaveLength(1);
    });

    it.each(Object.entries(RETRY_AFTER))('says when to ask again: %s', async (fault, [least, most]) => {
      server.say(() => ({ fault: fault as ModelFault }));
      const { error } = await listen();
      expect(error?.retryAfterMs).toBeGreaterThanOrEqual(least);
      expect(error?.retryAfterMs).toBeLessThanOrEqual(most);
    });

    it('answers the next request after every fault', async () => {
      const quick = MODEL_FAULTS.filter((one) => OUTCOMES[one] !== 'timeout');
      const after: string[] = [];
      for (const fault of quick) {
        server.say(() => ({ text: NUMBERS, fault }));
        await listen();
        server.say(() => NUMBERS);
        after.push(textOf((await listen()).events));
      }
      expect(after).toEqual(quick.map(() => NUMBERS));
    });

    it('gives back any text as it was said', async () => {
      const visible = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => text.trim() !== '');
      await fc.assert(
        fc.asyncProperty(visible, async (text) => {
          server.say(() => text);
          expect(textOf((await listen()).events)).toBe(text);
        }),
        { numRuns: 50 },
      );
    });

    it('ends once, in an answer or a clear error, however the bytes are damaged', async () => {
      await fc.assert(
        fc.asyncProperty(damages, async (damage) => {
          server.say(() => ({ text: NUMBERS, damage: (bytes) => damaged(bytes, damage) }));
          const { events, error } = await listen();
          const ended = events.filter(({ kind }) => kind === 'end').length;
          expect(ended).toBe(error === undefined ? 1 : 0);
          expect([undefined, 'unavailable', 'rate-limited', 'provider-refused']).toContain(error?.code);
          expect(error !== undefined || textOf(events).trim() !== '').toBe(true);
        }),
        { numRuns: 100 },
      );
    });

    it('tells thoughts that are left in the text from the answer', async () => {
      server.say(() => '<think>Let me see what it is.</think> It is tea.');
      const { events } = await listen();
      expect(textOf(events)).toBe('It is tea.');
      const thoughts = events.map((event) => (event.kind === 'reasoning' ? event.text : ''));
      expect(thoughts.join('')).toBe('Let me see what it is.');
    });

    it.each(['', ' \n', '<think>Hm.</think>'])(
      'takes an answer of nothing for a failure: %j',
      async (text) => {
        server.say(() => text);
        expect((await listen()).error).toMatchObject({ code: 'unavailable' });
      },
    );

    it.each(['sk-canary-01\n', 'sk-canary-01 23', 'sk-сanary'])(
      'refuses a key that no request can carry: %j',
      (apiKey) => {
        const opening = () => open({ baseUrl: server.baseUrl, apiKey, ...LIMITS });
        expect(opening).toThrow(expect.objectContaining({ code: 'invalid-input' }));
        expect(opening).not.toThrow(/anary/);
      },
    );

    it.each(['slow-drip', 'silence-after-end', 'double-end'] as const)(
      'gives the whole answer once: %s',
      async (fault) => {
        server.say(() => ({ text: NUMBERS, fault }));
        expect(textOf((await listen()).events)).toBe(NUMBERS);
      },
    );

    it('says what came before a stream broke', async () => {
      server.say(() => ({ text: NUMBERS, fault: 'cut-before-done' }));
      const { events, error } = await listen();
      expect(textOf(events)).toBe(NUMBERS);
      expect(error?.code).toBe('unavailable');
    });

    it('cancels the call at the server at once when the signal fires', async () => {
      server.say(() => ({ text: NUMBERS, delayMs: 60 }));
      const stop = new AbortController();
      const listening = listen(stop.signal);
      await expect.poll(() => server.requests.length).toBe(1);
      stop.abort();
      expect((await listening).error?.code).toBe('aborted');
      expect(await server.requests[0]?.cut).toBe(true);
    });

    it('gives the error of the signal where it is one of ours, and a time limit as one', async () => {
      server.say(() => ({ fault: 'silence-before-headers' }));
      expect((await listen(AbortSignal.timeout(20))).error?.code).toBe('timeout');
    });

    it('cancels the call at the server when the listener leaves, when a token is late, and when it is closed', async () => {
      server.say(() => ({ text: NUMBERS, delayMs: 60 }));
      for await (const _ of model.stream(question(), new AbortController().signal)) break;
      expect(await server.requests[0]?.cut).toBe(true);
      server.say(() => ({ text: NUMBERS, fault: 'silence-mid-stream' }));
      await listen();
      expect(await server.requests[1]?.cut).toBe(true);
      const listening = listen();
      await expect.poll(() => server.requests.length).toBe(3);
      await model.close();
      expect((await listening).error?.code).toBe('aborted');
      expect(await server.requests[2]?.cut).toBe(true);
    });

    it('gives a slow listener all the time it wants', async () => {
      const pieces: ModelEvent[] = [];
      for await (const event of model.stream(question(), new AbortController().signal)) {
        pieces.push(event);
        if (pieces.length === 1) await new Promise((done) => setTimeout(done, LIMITS.nextTokenMs + 50));
      }
      expect(textOf(pieces)).toBe(NUMBERS);
    });

    it('uses its connections again', async () => {
      for (let turn = 0; turn < 6; turn++) await listen();
      expect(new Set(server.requests.map(({ clientPort }) => clientPort)).size).toBeLessThanOrEqual(2);
    });

    it('says that nobody is there', async () => {
      await server.close();
      const { error } = await listen();
      expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
      expectDiscreet(error);
    });

    it('takes no way to a private address that nobody set up', async () => {
      const lost = open({ baseUrl: 'http://169.254.169.254/v1', apiKey: KEY, ...LIMITS });
      const error = await said(lost, question()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining('JIWA_PRIVATE_HOSTS'),
      });
      await lost.close();
    });
  });
}

/** Bytes that are cut out, doubled or made others, each at a place and over a length. */
const damages = fc.array(
  fc.record({
    kind: fc.constantFrom('cut', 'double', 'noise'),
    at: fc.nat(5_000),
    length: fc.nat(40),
    noise: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  }),
  { minLength: 1, maxLength: 4 },
);

type Damage = typeof damages extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, damage: Damage): Buffer {
  return damage.reduce((whole, { kind, at, length, noise }) => {
    const start = at % (whole.length + 1);
    const end = start + length;
    if (kind === 'noise') return Buffer.concat([whole.subarray(0, start), noise, whole.subarray(end)]);
    const kept = kind === 'double' ? whole.subarray(0, end) : whole.subarray(0, start);
    return Buffer.concat([kept, whole.subarray(kind === 'double' ? start : end)]);
  }, bytes);
}

/** No error holds the key, the prompt, or more of what the provider said than is allowed. */
function expectDiscreet(error: unknown): void {
  const whole = inspect(error, { depth: Infinity, showHidden: true, getters: true });
  expect(whole).not.toContain(KEY);
  expect(whole).not.toContain(KEY.slice(3, 15));
  expect(whole).not.toContain(PROMPT);
  for (let link = error; link instanceof Error; link = link.cause) {
    expect(link.message.length).toBeLessThanOrEqual(300);
    expect(JSON.stringify(link)).not.toContain(KEY);
  }
}
