import { AppError } from '../../core/errors.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { throwIfAborted, unlessAborted } from '../connections/aborts.ts';
import { collectGarbage } from '../connections/collect-garbage.ts';
import { readEncoderFolder } from './encoder-folder.ts';
import { encoderLane } from './encoder-lane.ts';
import { startEncoder } from './encoder-worker.ts';
import { questionCache } from './question-cache.ts';
import { workSlices } from './work-slices.ts';

export interface OnnxEmbedderOptions {
  /** Folder with an ONNX sentence encoder: the bundled one, a pulled one, or one of your own. */
  readonly folder: string;
  /** Questions whose vectors are remembered. Default 1,000 (1.5 MB at 384 dimensions). */
  readonly cachedQuestions?: number;
  /** The model for stored texts leaves memory after so long without work. Default 30 s. */
  readonly bulkIdleMs?: number;
  /** The model for questions likewise; the next question waits for it (some 300 ms). Default: it stays. */
  readonly queryIdleMs?: number;
}

/** Stored texts are encoded in runs of this length: an abort is heard, and other callers have their turn, in between. */
const RUN_MS = 10;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A token of the languages that need most characters for one; more of a text costs no more time. */
const CHARS_PER_TOKEN = 5;

/**
 * A sentence encoder on this machine's processor: one process with the model for questions, opened (and thereby checked)
 * here, and a second one of low priority while there are texts to store. Errors: see
 * `readEncoderFolder` and `openOnnxEncoder`; `unavailable` after `close`.
 */
export async function onnxEmbedder(options: OnnxEmbedderOptions): Promise<Embedder> {
  const { folder, cachedQuestions = 1_000, bulkIdleMs = 30_000, queryIdleMs = LONGEST_TIMER_MS } = options;
  const encoder = await readEncoderFolder(folder);
  const { model, prefixes } = encoder;
  const questions = encoderLane({
    start: () => startEncoder(encoder, 'normal'),
    idleMs: queryIdleMs,
    // Nobody has asked for so long that nobody minds the pause.
    onIdle: collectGarbage,
  });
  const bulk = encoderLane({ start: () => startEncoder(encoder, 'low'), idleMs: bulkIdleMs });
  const cache = questionCache(cachedQuestions);
  const slices = workSlices(RUN_MS, model.maxTokens * CHARS_PER_TOKEN);
  let closed = false;
  const check = (signal: AbortSignal) => {
    if (closed) throw new AppError('unavailable', 'The embedder is closed.');
    throwIfAborted(signal);
  };
  const close = async () => {
    closed = true;
    await Promise.all([questions.close(), bulk.close()]);
  };
  try {
    await questions.encode([''], new AbortController().signal);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    model,
    async embedQuery(text, signal) {
      check(signal);
      const known = cache.get(text);
      if (known !== undefined) return known;
      const { vectors } = await unlessAborted(questions.encode([prefixes.query + text], signal), signal);
      const vector = vectors[0] ?? new Float32Array(model.dimensions);
      cache.set(text, vector);
      return vector;
    },
    async embedTexts(texts, signal) {
      const results: Float32Array[] = [];
      while (results.length < texts.length) {
        check(signal);
        const run = slices.next(texts, results.length);
        const prefixed = prefixes.text === '' ? run : run.map((text) => prefixes.text + text);
        const { vectors, tookMs } = await bulk.encode(prefixed, signal);
        slices.learn(run, tookMs);
        results.push(...vectors);
      }
      check(signal);
      return results;
    },
    close,
  };
}
