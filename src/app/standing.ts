import { type AppError, type ErrorCode, toAppError } from '../core/errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { ModelOf, ReadyModel } from '../ports/language-model.ts';

/** Parts that are not asked whether they are well: each question would cost time or money. Their use tells. */
export type UsedPart = 'embedder' | 'model';

/** How the parts did when they were used last. */
export interface Standing {
  /**
   * The failure of the last use; `undefined` after a success, and before the first use. Answers that come late count from
   * the third in a row: once or twice late is busy, not gone.
   */
  failure(part: UsedPart): AppError | undefined;
  worked(part: UsedPart): void;
  /** Only what tells of the part counts: a cancelled call or a wrong request says nothing. */
  failed(part: UsedPart, error: unknown): void;
}

const COUNTS: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout', 'rate-limited', 'internal']);
const LATE_IN_A_ROW = 3;

export function openStanding(): Standing {
  const failures = new Map<UsedPart, { readonly error: AppError; readonly inARow: number }>();
  return {
    failure(part) {
      const last = failures.get(part);
      const onlyLate = last?.error.code === 'timeout' && last.inARow < LATE_IN_A_ROW;
      return onlyLate ? undefined : last?.error;
    },
    worked: (part) => void failures.delete(part),
    failed(part, thrown) {
      const error = toAppError(thrown);
      if (!COUNTS.has(error.code)) return;
      failures.set(part, { error, inARow: (failures.get(part)?.inARow ?? 0) + 1 });
    },
  };
}

/** The same embedder; how each question and each text fared is noted. */
export function notedEmbedder(standing: Standing, embedder: Embedder): Embedder {
  const noted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const made = await work;
      standing.worked('embedder');
      return made;
    } catch (error) {
      standing.failed('embedder', error);
      throw error;
    }
  };
  return {
    ...embedder,
    embedQuery: (text, signal) => noted(embedder.embedQuery(text, signal)),
    embedTexts: (texts, signal) => noted(embedder.embedTexts(texts, signal)),
  };
}

function notedModel(standing: Standing, model: ReadyModel): ReadyModel {
  return {
    ...model,
    async *stream(request, signal) {
      try {
        yield* model.stream(request, signal);
        standing.worked('model');
      } catch (error) {
        standing.failed('model', error);
        throw error;
      }
    },
  };
}

/** The same models; how each answer in a conversation fared, fallbacks included, is noted. */
export function notedModels(standing: Standing, modelOf: ModelOf): ModelOf {
  return async (role, purpose, ctx) => {
    const model = await modelOf(role, purpose, ctx);
    return model && role === 'chat' ? notedModel(standing, model) : model;
  };
}
