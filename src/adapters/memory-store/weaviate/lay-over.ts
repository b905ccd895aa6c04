import { dot } from '../../../core/vectors.ts';
import type { MemoryItem, SearchRequest } from '../../../ports/memory-store.ts';
import { idsFilter } from '../../connections/weaviate-conditions.ts';
import { collectionOf } from './collections.ts';
import type { LatestWrite } from './latest-writes.ts';
import { matchesFilter } from './matching.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { lostOf } from './read-items.ts';
import { type Results, enterScore } from './search-results.ts';
import type { Signal } from './search-signals.ts';
import { searchedPropertiesOf, signalsOf, termsIn } from './stored-item.ts';

/** A search after its first look. */
interface Search {
  readonly ownerId: string;
  readonly request: SearchRequest;
  readonly signals: readonly Signal[];
  readonly results: Results;
}

interface Written extends Omit<LatestWrite, 'item'> {
  readonly item: MemoryItem;
  /** Share of the weight of the question's terms that the item holds. */
  readonly matched: number;
}

function matchedShare({ terms }: MemoryItem, request: SearchRequest): number {
  const held = new Set(terms.split(' '));
  const weigh = (some: SearchRequest['terms']) => some.reduce((sum, { weight }) => sum + weight, 0);
  const all = weigh(request.terms);
  return all === 0 ? 0 : weigh(request.terms.filter(({ term }) => held.has(term))) / all;
}

function takeOut({ fields, scores }: Results, id: string): void {
  fields.delete(id);
  for (const known of scores) known.delete(id);
}

/** The latest writes that the search should find, if it only knew them, and those it found. */
function wantedOf(
  writes: ReadonlyMap<string, LatestWrite>,
  { request, results }: Pick<Search, 'request' | 'results'>,
): Written[] {
  return [...writes.values()].flatMap(({ item, vectors }) => {
    if (item === undefined || !matchesFilter(item, request.filter)) return [];
    const matched = matchedShare(item, request);
    const near = request.vectors.some(({ slot }) => vectors.has(slot));
    return matched > 0 || near || results.fields.has(item.id) ? { item, vectors, matched } : [];
  });
}

/** Those that the replica lacks, or has with other terms. */
async function missedBy(
  tenant: Tenant,
  wanted: readonly Written[],
  signal: AbortSignal,
): Promise<MemoryItem[]> {
  const mine = wanted.map(({ item }) => item).filter(({ kind }) => collectionOf(kind) === tenant.name);
  if (mine.length === 0) return [];
  const filter = idsFilter(mine.map(({ id }) => id));
  const found = await tenant.fetch({ filter, limit: mine.length, properties: ['terms'] }, signal);
  const stored = new Map(found.map((one) => [one.id, termsIn(one.properties)]));
  return mine.filter(({ id, terms }) => stored.get(id) !== terms);
}

/**
 * The word score of each by the store's own statistics; of one that the replica still lacks, the share of the question it
 * holds of the best score there is.
 */
async function scoreWords({ signals, results }: Search, wanted: readonly Written[]): Promise<void> {
  const matching = wanted.filter(({ matched }) => matched > 0).map(({ item }) => item);
  const words = signals.filter(({ place }) => place === 0);
  await Promise.all(
    words.map(async (signal) => {
      const ids = matching.filter(({ kind }) => signal.scores(kind)).map(({ id }) => id);
      if (ids.length === 0) return;
      for (const found of await signal.ask(ids.length, ids)) enterScore(results, signal, found);
    }),
  );
  const known = results.scores[0];
  // The replica may have found it by words that it has no more.
  for (const { item, matched } of wanted) if (matched === 0) known?.delete(item.id);
  const best = Math.max(...(known?.values() ?? []), 1);
  for (const { item, matched } of wanted)
    if (matched > 0 && known?.has(item.id) === false) known.set(item.id, best * matched);
}

function scoreVectors({ request, results }: Search, wanted: readonly Written[]): void {
  for (const { item, vectors } of wanted) {
    for (const [index, { slot, vector }] of request.vectors.entries()) {
      const own = vectors.get(slot);
      if (own) results.scores[index + 1]?.set(item.id, dot(own, vector));
    }
  }
}

/**
 * Lays the owner's latest writes over what one replica found: what was removed goes, what was replaced is as it is now,
 * and what the replica has missed is given to it and scored. Without latest writes nothing is asked.
 */
export async function layOver(search: Search, parts: MemoryParts, signal: AbortSignal): Promise<void> {
  const { ownerId, request, results } = search;
  const writes = parts.latest.of(ownerId);
  for (const [id, { item }] of writes)
    if (item === undefined || !matchesFilter(item, request.filter)) takeOut(results, id);
  const wanted = wantedOf(writes, search);
  if (wanted.length === 0) return;
  const missed = await Promise.all(parts.tenants(ownerId).map((tenant) => missedBy(tenant, wanted, signal)));
  const lost = await lostOf(ownerId, missed.flat(), parts, signal);
  for (const { id } of lost) takeOut(results, id);
  const there = wanted.filter(({ item }) => !lost.has(item));
  for (const { item } of there) results.fields.set(item.id, signalsOf(item.id, searchedPropertiesOf(item)));
  await scoreWords(search, there);
  scoreVectors(search, there);
}
