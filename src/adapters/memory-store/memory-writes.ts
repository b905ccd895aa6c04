import type { ItemKind, MemoryItem } from '../../ports/memory-store.ts';
import { kindOf } from './codes.ts';
import { inTransaction } from './database.ts';
import { expectCondition } from './empty-filter.ts';
import { documentOf } from './index/item-columns.ts';
import { type Change, applyChanges } from './index/owner-index.ts';
import { quantise } from './index/quantise.ts';
import { indexRowOf } from './item-row.ts';
import type { InSteps, MemoryCalls, VectorsMessage } from './memory-calls.ts';
import { type MemoryParts, follow } from './memory-parts.ts';

type Writes = Pick<MemoryCalls, 'upsert' | 'putVectors' | 'remove' | 'dropSlot' | 'removeOwner'>;
type Counts = Partial<Record<ItemKind, number>>;

/** Items removed in one transaction, which is how long a search may have to wait. */
const REMOVE_BATCH = 250;

function removeItems(parts: MemoryParts, ownerNo: number, numbers: readonly number[]): void {
  const { items, vectors } = parts;
  vectors.removeItems(ownerNo, numbers);
  items.remove(numbers);
}

function upsertItem(parts: MemoryParts, ownerNo: number, item: MemoryItem): Change[] {
  const { items } = parts;
  const before = items.find(ownerNo, item.id);
  if (before?.terms === item.terms) {
    items.update(ownerNo, before.n, item);
    return [{ kind: 'updated', row: indexRowOf(before.n, item) }];
  }
  if (before) removeItems(parts, ownerNo, [before.n]);
  const added: Change = { kind: 'added', row: indexRowOf(items.insert(ownerNo, item), item) };
  return before ? [{ kind: 'removed', n: before.n, terms: before.terms }, added] : [added];
}

function putVectors(
  { items, vectors }: MemoryParts,
  ownerNo: number,
  name: string,
  { ids, dimensions, values }: VectorsMessage,
) {
  const known = ids.flatMap((id, place) => {
    const item = items.find(ownerNo, id);
    return item ? [{ n: item.n, place }] : [];
  });
  if (known.length === 0) return [];
  const slot = vectors.slotFor(ownerNo, name, dimensions);
  return known.map(({ n, place }) => {
    const vector = quantise(values.subarray(place * dimensions, (place + 1) * dimensions));
    vectors.put(slot, n, vector);
    return { n, vector };
  });
}

function* removeNumbers(parts: MemoryParts, ownerNo: number, numbers: readonly number[]): InSteps<Counts> {
  const counts: Counts = {};
  for (let from = 0; from < numbers.length; from += REMOVE_BATCH) {
    const batch = parts.items.stored(numbers.slice(from, from + REMOVE_BATCH));
    const removed = batch.map(({ n }) => n);
    inTransaction(parts.db, () => {
      parts.snapshots.forget(ownerNo);
      removeItems(parts, ownerNo, removed);
    });
    const removals = batch.map(({ n, terms }): Change => ({ kind: 'removed', n, terms }));
    follow(parts, ownerNo, (index) => applyChanges(index, removals));
    for (const { kind } of batch) counts[kindOf(kind)] = (counts[kindOf(kind)] ?? 0) + 1;
    yield;
  }
  return counts;
}

function* eraseSlot({ db, vectors }: MemoryParts, slotNo: number): InSteps<void> {
  while (!inTransaction(db, () => vectors.eraseSome(slotNo))) yield;
}

function* eraseOwner(parts: MemoryParts, ownerNo: number): InSteps<void> {
  for (const slotNo of parts.vectors.slotsOf(ownerNo)) yield* eraseSlot(parts, slotNo);
  yield* removeNumbers(parts, ownerNo, parts.queries.numbers(ownerNo, {}));
  parts.owners.remove(ownerNo);
}

/** Ends erasures of slots and owners that a stop cut short; called before anything else. */
export function finishErasing(parts: MemoryParts): void {
  for (const slotNo of parts.vectors.hidden()) runAll(eraseSlot(parts, slotNo));
  for (const ownerNo of parts.owners.hidden()) runAll(eraseOwner(parts, ownerNo));
}

function runAll(steps: InSteps<void>): void {
  while (!steps.next().done);
}

/** The calls that write: each one transaction, or a row of them in steps. */
export function memoryWrites(parts: MemoryParts): Writes {
  const { db, owners, vectors, queries, indexes, snapshots } = parts;
  return {
    upsert(ownerId, list) {
      const [ownerNo, changes] = inTransaction(db, () => {
        const ownerNo = owners.add(ownerId);
        const changes = list.flatMap((item) => upsertItem(parts, ownerNo, item));
        if (changes.some(({ kind }) => kind !== 'added')) snapshots.forget(ownerNo);
        return [ownerNo, changes] as const;
      });
      follow(parts, ownerNo, (index) => applyChanges(index, changes));
    },
    putVectors(ownerId, name, message) {
      const ownerNo = owners.numberOf(ownerId);
      if (ownerNo === undefined) return;
      const put = inTransaction(db, () => putVectors(parts, ownerNo, name, message));
      follow(parts, ownerNo, (index) => {
        const slot = index.slots.get(name);
        for (const { n, vector } of put) {
          const doc = documentOf(index.columns, n);
          if (doc !== undefined) slot?.put(doc, vector);
        }
      });
    },
    *remove(ownerId, filter) {
      expectCondition(filter);
      const ownerNo = owners.numberOf(ownerId);
      return ownerNo === undefined
        ? {}
        : yield* removeNumbers(parts, ownerNo, queries.numbers(ownerNo, filter));
    },
    *dropSlot(ownerId, name) {
      const ownerNo = owners.numberOf(ownerId);
      const slot = ownerNo === undefined ? undefined : vectors.slotOf(ownerNo, name);
      if (ownerNo === undefined || !slot) return;
      vectors.hide(slot.slotNo);
      follow(parts, ownerNo, (index) => index.slots.delete(name));
      yield* eraseSlot(parts, slot.slotNo);
    },
    *removeOwner(ownerId) {
      const ownerNo = owners.numberOf(ownerId);
      if (ownerNo === undefined) return;
      snapshots.forget(ownerNo);
      owners.hide(ownerNo);
      indexes.drop(ownerNo);
      yield* eraseOwner(parts, ownerNo);
    },
  };
}
