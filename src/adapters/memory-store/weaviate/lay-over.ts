import { mapBounded } from '../../../core/bounded.ts';
import { dot } from '../../../core/vectors.ts';
import type { MemoryItem, SearchRequest } from '../../../ports/memory-store.ts';
import { idsFilter } from '../../connections/weaviate-conditions.ts';
import { collectionOf } from './collections.ts';
import type { LatestWrite } from './latest-writes.ts';
import { matchesFilter } from './matching.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { type Results, enter } from './search-results.ts';
import type { Signal } from './search-signals.ts';
import { searchedPropertiesOf, signalsOf, termsIn } from './stored-item.ts';

/** A search after its first look. */
interface Search {
  readonly ownerId: string;
  readonly request: SearchRequest;
  readonly signals: readonly Signal[];
  readonly results: Results;
}

interface Written extends LatestWrite {
  readonly item: MemoryItem;
  /** Share of the weight of the question's terms that the item holds. */
  readonly matched: number;
}

/** Reads by id that bring a replica up to date, at once. */
const AT_ONCE = 8;

function matchedShare({ terms }: MemoryItem, request: SearchRequest): number {
  const held = new Set(terms.split(' '));
  const weigh = (some: SearchRequest['terms']) => some.reduce((sum, { weight }) => sum + weight, 0);
  const all = weigh(request.terms);
  return all === 0 ? 0 : weigh(request.terms.filter(({ term }) => held.has(term))) / all;
}

/** The latest writes that the search should find, if it only knew them. */
function wantedOf(writes: ReadonlyMap<string, LatestWrite>, request: SearchRequest): Written[] {
  return [...writes.values()].flatMap(({ item, vectors }) => {
    if (item === undefined || !matchesFilter(item, request.filter)) return [];
    const matched = matchedShare(item, request);
    const near = request.vectors.some(({ slot }) => vectors.has(slot));
    return matched > 0 || near ? { item, vectors, matched } : [];
  });
}

/** Brings the replica up to date that lacks an item or has it with other terms. */
async function mendStale(tenant: Tenant, wanted: readonly Written[], signal: AbortSignal): Promise<void> {
  const mine = wanted.filter(({ item }) => collectionOf(item.kind) === tenant.name);
  if (mine.length === 0) return;
  const filter = idsFilter(mine.map(({ item }) => item.id));
  const found = await tenant.fetch({ filter, limit: mine.length, properties: ['terms'] }, signal);
  const stored = new Map(found.map((one) => [one.id, termsIn(one.properties)]));
  const stale = mine.filter(({ item }) => stored.get(item.id) !== item.terms);
  await mapBounded(stale, AT_ONCE, ({ item }) => tenant.mend(item.id, signal));
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
      for (const found of await signal.ask(ids.length, ids)) enter(results, signal, found);
    }),
  );
  const known = results.scores[0];
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
  for (const [id, { item }] of writes) {
    if (item !== undefined && matchesFilter(item, request.filter)) continue;
    results.fields.delete(id);
    for (const known of results.scores) known.delete(id);
  }
  const wanted = wantedOf(writes, request);
  if (wanted.length === 0) return;
  await Promise.all(parts.tenants(ownerId).map((tenant) => mendStale(tenant, wanted, signal)));
  await scoreWords(search, wanted);
  scoreVectors(search, wanted);
  for (const { item } of wanted) results.fields.set(item.id, signalsOf(item.id, searchedPropertiesOf(item)));
}
