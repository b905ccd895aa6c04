import type { Candidate, SearchRequest } from '../../../ports/memory-store.ts';
import { layOver } from './lay-over.ts';
import type { MemoryParts } from './memory-parts.ts';
import { type Results, chosenIds, complete, firstLook } from './search-results.ts';
import { signalsFor } from './search-signals.ts';

function candidateOf(id: string, { fields, scores }: Results): Candidate[] {
  const found = fields.get(id);
  const [words = 0, ...cosines] = scores.map((known) => known.get(id));
  return found === undefined ? [] : [{ ...found, words, cosines }];
}

/**
 * The best by words and by each vector, with every signal completed for all of them: two looks, all questions of a look at
 * once. Best by words first, equal ones by id.
 */
export async function signalSearch(
  ownerId: string,
  request: SearchRequest,
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const signals = await signalsFor(ownerId, request, parts, signal);
  const results = await firstLook(signals, request);
  await layOver({ ownerId, request, signals, results }, parts, signal);
  const chosen = chosenIds(results, request.candidates);
  await complete(signals, chosen, results);
  return [...chosen]
    .flatMap((id) => candidateOf(id, results))
    .toSorted((a, b) => b.words - a.words || (a.id < b.id ? -1 : 1));
}
