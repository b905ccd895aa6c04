import * as fc from 'fast-check';
import { expect } from 'vitest';
import type {
  Candidate,
  ItemFilter,
  MemoryItem,
  MemoryStore,
  SearchRequest,
} from '../../src/ports/memory-store.ts';
import {
  arbitraryFilter,
  arbitraryItem,
  arbitraryTerms,
  arbitraryVector,
  idOf,
} from './memory-store-samples.ts';

/** Slots of the random tests, with the length of their vectors. */
const SLOTS = { 'text@a': 3, 'text@b': 20 } as const;
type SlotName = keyof typeof SLOTS;
const SLOT_NAMES = ['text@a', 'text@b'] as const satisfies SlotName[];

export type Step =
  | { readonly kind: 'upsert'; readonly items: readonly MemoryItem[] }
  | {
      readonly kind: 'vectors';
      readonly slot: SlotName;
      readonly vectors: readonly { readonly id: string; readonly vector: Float32Array }[];
    }
  | { readonly kind: 'remove'; readonly filter: ItemFilter }
  | { readonly kind: 'drop'; readonly slot: SlotName };

const never = new AbortController().signal;

const vectorsStep = (slot: SlotName) =>
  fc.record({
    kind: fc.constant('vectors' as const),
    slot: fc.constant(slot),
    vectors: fc.array(
      fc.record({ id: fc.integer({ min: 0, max: 16 }).map(idOf), vector: arbitraryVector(SLOTS[slot]) }),
      { maxLength: 10 },
    ),
  });

const removeStep = fc.record({
  kind: fc.constant('remove' as const),
  filter: arbitraryFilter.filter((filter) => Object.keys(filter).length > 0),
});

/** A story of writes. */
export const arbitrarySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('upsert' as const),
        items: fc.array(arbitraryItem, { maxLength: 12 }),
      }),
    },
    { weight: 3, arbitrary: vectorsStep('text@a') },
    { weight: 3, arbitrary: vectorsStep('text@b') },
    { weight: 3, arbitrary: removeStep },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('drop' as const), slot: fc.constantFrom(...SLOT_NAMES) }),
    },
  ),
  { minLength: 1, maxLength: 10 },
);

export const arbitraryRequest: fc.Arbitrary<SearchRequest> = fc.record({
  terms: arbitraryTerms,
  vectors: fc.subarray([...SLOT_NAMES, 'text@none']).chain((slots) =>
    fc.tuple(
      ...slots.map((slot) =>
        fc.record({
          slot: fc.constant(slot),
          vector: arbitraryVector(slot in SLOTS ? SLOTS[slot as SlotName] : 5),
        }),
      ),
    ),
  ),
  filter: arbitraryFilter,
  candidates: fc.constantFrom(1, 3, 400),
});

/** Takes one step; a removal says what it removed. */
export async function take(store: MemoryStore, ownerId: string, step: Step): Promise<unknown> {
  if (step.kind === 'remove') return store.remove(ownerId, step.filter, never);
  if (step.kind === 'upsert') await store.upsert(ownerId, step.items, never);
  else if (step.kind === 'vectors') await store.putVectors(ownerId, step.slot, step.vectors, never);
  else await store.dropSlot(ownerId, step.slot, never);
  return undefined;
}

/** How far scores of two stores may lie apart. */
const CLOSE = 1e-4;

const close = (a: number | undefined, b: number | undefined) =>
  a === b || (a !== undefined && b !== undefined && Math.abs(a - b) <= CLOSE * Math.max(1, Math.abs(b)));

/** True when the store had to return it: fewer than `candidates` others are as good by this signal. */
function mustBeFound(
  all: readonly Candidate[],
  candidates: number,
  signal: (candidate: Candidate) => number | undefined,
) {
  return (candidate: Candidate) => {
    const own = signal(candidate);
    if (own === undefined) return false;
    const rivals = all.filter((other) => other !== candidate && (signal(other) ?? -Infinity) >= own - CLOSE);
    return rivals.length < candidates;
  };
}

/** True while each item was written once and has words, so that no statistics can lag behind. */
export function isPlainStory(steps: readonly Step[]): boolean {
  const items = steps.flatMap((step) => (step.kind === 'upsert' ? step.items : []));
  const written = steps.every(({ kind }) => kind === 'upsert');
  const distinct = new Set(items.map(({ id }) => id)).size === items.length;
  return written && distinct && items.every(({ terms }) => terms !== '');
}

/** Two stores, and whether their word scores must be equal or only say the same of what matches. */
export interface Compared {
  readonly store: MemoryStore;
  readonly reference: MemoryStore;
  readonly words: 'equal' | 'matching';
}

/** Compares a search with the same one of a store that is known to be right. */
export async function expectSameSearch(
  { store, reference, words: compared }: Compared,
  ownerId: string,
  request: SearchRequest,
): Promise<void> {
  const found = await store.search(ownerId, request, never);
  const all = await reference.search(ownerId, { ...request, candidates: 1_000 }, never);
  const expected = new Map(all.map((candidate) => [candidate.id, candidate]));
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  for (const candidate of found) {
    const { words, cosines, ...fields } = candidate;
    const {
      words: rightWords,
      cosines: rightCosines,
      ...rightFields
    } = expected.get(candidate.id) as Candidate;
    expect(fields).toEqual(rightFields);
    const sameWords = compared === 'equal' ? close(words, rightWords) : words > 0 === rightWords > 0;
    expect(sameWords, `words ${words}, expected ${rightWords}`).toBe(true);
    expect(cosines.length).toBe(rightCosines.length);
    for (const [place, cosine] of cosines.entries()) {
      expect(close(cosine, rightCosines[place]), `cosine ${cosine}, expected ${rightCosines[place]}`).toBe(
        true,
      );
    }
  }
  const ids = new Set(found.map(({ id }) => id));
  const byWords = ({ words }: Candidate) => (words > 0 ? words : undefined);
  const signals = [
    ...(compared === 'equal' || request.candidates >= all.length ? [byWords] : []),
    ...request.vectors.map(
      (_, place) =>
        ({ cosines }: Candidate) =>
          cosines[place],
    ),
  ];
  for (const signal of signals) {
    const missing = all.filter(mustBeFound(all, request.candidates, signal)).filter(({ id }) => !ids.has(id));
    expect(missing).toEqual([]);
  }
  expect(found.length).toBeLessThanOrEqual(request.candidates * (request.vectors.length + 1));
}

/** Reads all pages. */
export async function listAll(store: MemoryStore, ownerId: string, filter: ItemFilter, limit: number) {
  const items: MemoryItem[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(ownerId, filter, after === undefined ? { limit } : { limit, after }, never);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

const byId = (a: MemoryItem, b: MemoryItem) => (a.id < b.id ? -1 : 1);
export const timeOf = (item: MemoryItem) => item.eventTime ?? item.createdAt;

/** Compares everything else that is read by filter with a store that is known to be right. */
export async function expectSameReads(
  store: MemoryStore,
  reference: MemoryStore,
  ownerId: string,
  filter: ItemFilter,
): Promise<void> {
  const listed = await listAll(store, ownerId, filter, 4);
  const expected = await listAll(reference, ownerId, filter, 1_000);
  expect([...listed].sort(byId)).toEqual([...expected].sort(byId));
  expect(listed.map(timeOf)).toEqual(expected.map(timeOf));
  expect(await store.count(ownerId, filter, never)).toBe(expected.length);
  for (const slot of [...SLOT_NAMES, 'text@none']) {
    expect(await store.vectorCoverage(ownerId, slot, filter, never)).toEqual(
      await reference.vectorCoverage(ownerId, slot, filter, never),
    );
    const missing = await store.withoutVector(ownerId, slot, filter, 100, never);
    const right = await reference.withoutVector(ownerId, slot, filter, 100, never);
    expect([...missing].sort(byId)).toEqual([...right].sort(byId));
    expect(missing.map(timeOf)).toEqual(right.map(timeOf));
  }
}
