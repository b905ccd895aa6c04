import type { ItemKind, SearchRequest } from '../../../ports/memory-store.ts';
import type { Found } from '../../connections/weaviate-tenant-reads.ts';
import type { Signal } from './search-signals.ts';
import { signalsOf } from './stored-item.ts';

/** What was found so far. */
export interface Results {
  /** What ranking looks at, by id. */
  readonly fields: Map<string, ReturnType<typeof signalsOf>>;
  /** Scores by id: words first, then the vectors in the order of the request. */
  readonly scores: readonly Map<string, number>[];
  /** Signals that gave all they have, so that what is missing has no score. */
  readonly exhausted: ReadonlySet<Signal>;
}

export function enterScore({ scores }: Pick<Results, 'scores'>, signal: Signal, found: Found): void {
  scores[signal.place]?.set(found.id, signal.value(found));
}

/** The best by each signal, all asked at once. */
export async function firstLook(
  signals: readonly Signal[],
  { candidates, vectors }: SearchRequest,
): Promise<Results> {
  const answers = await Promise.all(
    signals.map(async (signal) => ({ signal, found: await signal.ask(candidates) })),
  );
  const scores = Array.from({ length: vectors.length + 1 }, () => new Map<string, number>());
  const fields: Results['fields'] = new Map();
  for (const { signal, found } of answers) {
    for (const one of found) {
      enterScore({ scores }, signal, one);
      if (!fields.has(one.id)) fields.set(one.id, signalsOf(one.id, one.properties));
    }
  }
  const exhausted = answers.filter(({ found }) => found.length < candidates).map(({ signal }) => signal);
  return { fields, scores, exhausted: new Set(exhausted) };
}

/** The ids that stay: the best by each score. */
export function chosenIds({ scores }: Results, candidates: number): Set<string> {
  const best = scores.flatMap((known) =>
    [...known].toSorted(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1)).slice(0, candidates),
  );
  return new Set(best.map(([id]) => id));
}

/** Asks each signal for what only another one found. */
export async function complete(
  signals: readonly Signal[],
  chosen: ReadonlySet<string>,
  results: Results,
): Promise<void> {
  const kindOf = (id: string) => results.fields.get(id)?.kind as ItemKind;
  await Promise.all(
    signals.map(async (signal) => {
      if (results.exhausted.has(signal)) return;
      const known = results.scores[signal.place];
      const missing = [...chosen].filter((id) => !known?.has(id) && signal.scores(kindOf(id)));
      if (missing.length === 0) return;
      for (const found of await signal.ask(missing.length, missing)) enterScore(results, signal, found);
    }),
  );
}
