import { batches, mapBounded } from '../../src/core/bounded.ts';
import { objectKeys } from '../../src/core/object-keys.ts';
import { timed } from '../memory-store/measure.ts';
import { syntheticTexts } from '../speed/synthetic-text.ts';
import { type OpenedSetUp, type SetUp, withSetUp } from './open-set-up.ts';
import { type ScaleItem, scaleItems } from './scale-items.ts';
import { scaleVectors } from './scale-vectors.ts';

export interface Filling {
  readonly setUp: SetUp;
  readonly owners: readonly string[];
  /** Numbers of the items that each owner gets; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly centres: readonly Float32Array[];
}

/** What was written, and how long the store took; making items up is not counted. */
export interface Filled {
  readonly items: number;
  readonly itemsMs: number;
  readonly vectorsMs: number;
  readonly textBytes: number;
  readonly termBytes: number;
}

/** Owners who are written at once; each of them one batch after another, as jobs do. */
const OWNERS_AT_ONCE = 8;
/** Items of an owner that are made up at once. */
const PORTION = 2_000;
const FILES_AT_ONCE = 16;
const never = new AbortController().signal;

interface Written {
  readonly ownerId: string;
  readonly from: number;
  readonly made: readonly ScaleItem[];
}

/** The texts of chunks, which recall reads from the objects. */
async function putTexts(written: readonly Written[], { services }: OpenedSetUp): Promise<void> {
  for (const { ownerId, made } of written)
    await mapBounded(made, FILES_AT_ONCE, async ({ item, text }) => {
      if (item.kind !== 'chunk' || item.documentId === undefined) return;
      const key = objectKeys.chunk(item.documentId, item.position);
      await services.objects.put(ownerId, key, text, { durable: false });
    });
}

async function putItems({ ownerId, made }: Written, { services: { memory } }: OpenedSetUp): Promise<void> {
  const items = made.map(({ item }) => item);
  for (const batch of batches(items, memory.limits.batchItems)) await memory.upsert(ownerId, batch, never);
}

async function putVectors(
  { ownerId, made, from }: Written,
  { services: { memory }, slot }: OpenedSetUp,
  vectors: readonly Float32Array[],
): Promise<void> {
  const pairs = made.flatMap(({ item: { id } }, index) => {
    const vector = vectors[from + index];
    return vector === undefined ? [] : { id, vector };
  });
  for (const batch of batches(pairs, memory.limits.batchItems))
    await memory.putVectors(ownerId, slot, batch, never);
}

const bytesOf = (text: string) => Buffer.byteLength(text);

async function write(opened: OpenedSetUp, { owners, from, to, centres }: Filling): Promise<Filled> {
  const texts = await syntheticTexts();
  const source = scaleVectors(centres);
  const sums = { items: 0, itemsMs: 0, vectorsMs: 0, textBytes: 0, termBytes: 0 };
  for (let start = from; start < to; start += PORTION) {
    const end = Math.min(start + PORTION, to);
    const vectors: Float32Array[] = [];
    for (let number = start; number < end; number++) vectors[number] = source.item(number);
    for (const group of batches(owners, OWNERS_AT_ONCE)) {
      const written = group.map((ownerId) => ({
        ownerId,
        from: start,
        made: scaleItems(texts, ownerId, start, end),
      }));
      await putTexts(written, opened);
      const atOnce = (work: (one: Written) => Promise<void>) => mapBounded(written, OWNERS_AT_ONCE, work);
      sums.itemsMs += await timed(() => atOnce((one) => putItems(one, opened)));
      sums.vectorsMs += await timed(() => atOnce((one) => putVectors(one, opened, vectors)));
      for (const { item, text } of written.flatMap(({ made }) => made)) {
        sums.items++;
        sums.textBytes += bytesOf(text);
        sums.termBytes += bytesOf(item.terms);
      }
    }
  }
  return sums;
}

/** Writes a range of items of every owner through the port of the memory, words first, then vectors. */
export const fill = (filling: Filling): Promise<Filled> =>
  withSetUp(filling, (opened) => write(opened, filling));
