import { setTimeout as sleepMs } from 'node:timers/promises';
import { mapBounded } from '../../core/bounded.ts';
import { AppError } from '../../core/errors.ts';
import type { Embedder, EmbedderModel } from '../../ports/embedder.ts';
import { openOutbound } from '../connections/outbound.ts';
import { throwIfAborted } from '../connections/aborts.ts';
import { NO_PREFIXES, type Prefixes } from './known-prefixes.ts';
import { questionCache } from './question-cache.ts';
import { parseAnswer } from './remote-answer.ts';
import { requestBatches } from './remote-batches.ts';
import { requestEmbeddings, type ReachableServer, type RemoteServer } from './remote-request.ts';
import { retrying, type RetryOptions } from '../connections/retrying.ts';

export interface RemoteEmbedderOptions extends RemoteServer {
  readonly dimensions: number;
  /** Servers that may be reached at private addresses; one whose address is written in `baseUrl` need not be named. */
  readonly privateHosts?: readonly string[];
  /** Default 512. */
  readonly maxTokens?: number;
  /** Default: not stated. */
  readonly languages?: EmbedderModel['languages'];
  readonly prefixes?: Prefixes;
  /** A question that takes longer fails with `timeout`. Default 150. */
  readonly queryTimeoutMs?: number;
  /** Limit of one request for stored texts. Default 60,000. */
  readonly bulkTimeoutMs?: number;
  /** Texts in one request. Default 64. */
  readonly maxBatchTexts?: number;
  /** Characters in one request. Default 200,000. */
  readonly maxBatchChars?: number;
  /** Requests for stored texts at once. Default 2. */
  readonly concurrency?: number;
  /** Tries of one request for stored texts. Default 5. */
  readonly attempts?: number;
  /** Default 1,000. */
  readonly cachedQuestions?: number;
  /** For tests. Default: real time. */
  readonly sleep?: RetryOptions['sleep'];
}

/** Most texts have more characters a token than this, so few are cut that would have fitted. */
const CHARS_PER_TOKEN = 4;

const waitMs: RetryOptions['sleep'] = (ms, signal) => sleepMs(ms, undefined, { signal });

/**
 * A model behind an OpenAI-compatible `/v1/embeddings` (OpenAI, Ollama, vLLM, TEI, LM Studio, llama.cpp). Questions have
 * one try within `queryTimeoutMs`; stored texts are sent in batches and tried again, as the server asks. Errors: see
 * `requestEmbeddings` and `parseAnswer`; `unavailable` after `close`.
 */
export function remoteEmbedder(options: RemoteEmbedderOptions): Embedder {
  const { dimensions, maxTokens = 512, languages = [], prefixes = NO_PREFIXES } = options;
  const { queryTimeoutMs = 150, bulkTimeoutMs = 60_000, concurrency = 2 } = options;
  const limits = { maxTexts: options.maxBatchTexts ?? 64, maxChars: options.maxBatchChars ?? 200_000 };
  const retries = { attempts: options.attempts ?? 5, sleep: options.sleep ?? waitMs };
  const cache = questionCache(options.cachedQuestions ?? 1_000);
  const closing = new AbortController();
  // The texts go to the server that was chosen and to no other: no redirect is followed.
  const outbound = openOutbound({ configured: [options.baseUrl], privateHosts: options.privateHosts });
  const embed = embedding({ ...options, fetch: outbound.fetch }, { dimensions, maxTokens });
  const untilClosed = (signal: AbortSignal) => {
    if (closing.signal.aborted) throw new AppError('unavailable', 'The embedder is closed.');
    throwIfAborted(signal);
    return AbortSignal.any([signal, closing.signal]);
  };
  return {
    model: { id: options.model, dimensions, maxTokens, languages },
    async embedQuery(text, signal) {
      const running = untilClosed(signal);
      const known = cache.get(text);
      if (known !== undefined) return known;
      const deadline = AbortSignal.any([running, AbortSignal.timeout(queryTimeoutMs)]);
      const [vector = new Float32Array(dimensions)] = await embed([prefixes.query + text], deadline);
      cache.set(text, vector);
      return vector;
    },
    async embedTexts(texts, signal) {
      const running = untilClosed(signal);
      const requests = requestBatches(
        texts.map((text) => prefixes.text + text),
        limits,
      );
      const answers = await mapBounded(requests, concurrency, (request) =>
        retrying(
          () => embed(request, AbortSignal.any([running, AbortSignal.timeout(bulkTimeoutMs)])),
          retries,
          running,
        ),
      );
      return answers.flat();
    },
    async close() {
      closing.abort(new AppError('aborted', 'The embedder was closed.'));
      await outbound.close();
    },
  };
}

type Limits = Pick<EmbedderModel, 'dimensions' | 'maxTokens'>;

/**
 * One batch. Servers that refuse long texts instead of cutting them are asked again: first for each text alone, then with
 * a text short enough in every script (one character a token), so that a text's vector does not depend on its neighbours.
 */
function embedding(server: ReachableServer, { dimensions, maxTokens }: Limits) {
  const ask = async (input: readonly string[], signal: AbortSignal) =>
    parseAnswer(await requestEmbeddings(server, input, signal), { count: input.length, dimensions });

  const one = async (text: string, signal: AbortSignal): Promise<Float32Array[]> => {
    try {
      return await ask([text], signal);
    } catch (error) {
      if (!refused(error) || text.length <= maxTokens) throw error;
      return await ask([cut(text, maxTokens)], signal);
    }
  };

  return async (texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> => {
    // An empty input is an error on most servers; a space is not.
    const input = texts.map((text) => cut(text, maxTokens * CHARS_PER_TOKEN) || ' ');
    const [first = ' '] = input;
    if (input.length === 1) return one(first, signal);
    try {
      return await ask(input, signal);
    } catch (error) {
      if (!refused(error) || input.every((text) => text.length <= maxTokens)) throw error;
      return (await mapBounded(input, 1, (text) => one(text, signal))).flat();
    }
  };
}

/** Never ends in half a character: some servers refuse that. */
function cut(text: string, chars: number): string {
  return text.slice(0, chars).toWellFormed();
}

const TOO_LONG_STATUS = new Set<unknown>([400, 413, 422]);

function refused(error: unknown): boolean {
  return error instanceof AppError && TOO_LONG_STATUS.has(error.details?.['status']);
}
