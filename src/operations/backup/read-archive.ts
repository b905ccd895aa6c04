import { z } from 'zod';
import type { ObjectKey } from '../../core/object-keys.ts';
import { mapBounded } from '../../core/bounded.ts';
import { AppError } from '../../core/errors.ts';
import type { MemoryItem, MemoryStore } from '../../ports/memory-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { ItemKind } from '../../wire/recall.ts';
import type { TableName } from '../space/space-tables.ts';
import { partAt, valuesOf } from './archive-format.ts';
import type { ArchivedRow } from './archived-rows.ts';
import { type ArchiveProgress, type ArchiveSource, counted } from './check-archive.ts';
import { readTar, type TarFile } from './read-tar.ts';

const ROWS_AT_ONCE = 500;
/** Small objects are written side by side: each waits for the disk. */
const SMALL_BYTES = 128 * 1024;
const OBJECTS_AT_ONCE = 32;

const Row = z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), z.union([z.string(), z.number(), z.null()]));
const Item = z.looseObject({ id: z.uuid(), kind: ItemKind, terms: z.string(), createdAt: z.number() });

function parsed<S extends z.ZodType>(schema: S, values: readonly unknown[]): z.output<S>[] {
  const all = z.array(schema).safeParse(values);
  if (all.success) return all.data;
  throw new AppError('unreadable', 'The archive holds a row or an item that Jiwa does not write.');
}

/** Hands the rows of an archive on, table by table; reads no further than they go. */
export async function readRows(
  source: ArchiveSource,
  take: (table: TableName, rows: readonly ArchivedRow[]) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for await (const { path, content } of readTar(counted(source, () => undefined, signal))) {
    const part = partAt(path);
    if (part.kind === 'head') continue;
    if (part.kind !== 'rows') break;
    for await (const values of valuesOf(content, ROWS_AT_ONCE)) {
      const rows = parsed(Row, values);
      await take(part.table, rows);
      count += rows.length;
    }
  }
  return count;
}

async function bytesOf({ sizeBytes, content }: TarFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for await (const piece of content) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Writes objects in the order they come, small ones side by side. */
function objectWriter(objects: ObjectStore, signal: AbortSignal) {
  let small: { readonly ownerId: string; readonly key: ObjectKey; readonly bytes: Uint8Array }[] = [];
  const flush = async () => {
    await mapBounded(small, OBJECTS_AT_ONCE, async ({ ownerId, key, bytes }) => {
      signal.throwIfAborted();
      await objects.put(ownerId, key, bytes, { durable: true });
    });
    small = [];
  };
  return {
    flush,
    async write(ownerId: string, key: ObjectKey, file: TarFile): Promise<void> {
      if (file.sizeBytes <= SMALL_BYTES) {
        small.push({ ownerId, key, bytes: await bytesOf(file) });
        if (small.length >= OBJECTS_AT_ONCE) await flush();
        return;
      }
      const staged = await objects.stage(ownerId, file.content, file.sizeBytes, signal);
      try {
        await staged.commit(key);
      } finally {
        await staged.discard();
      }
    },
  };
}

export interface ContentCounts {
  readonly items: number;
  readonly objects: number;
}

/**
 * Writes the items and objects of an archive that was checked to their owners, each under its own id or key, so doing it
 * again changes nothing. Errors: `unreadable` (nothing Jiwa writes), those of the stores.
 */
export async function readContent(
  input: { readonly source: ArchiveSource; readonly progress: ArchiveProgress },
  { memory, objects }: { readonly memory: MemoryStore; readonly objects: ObjectStore },
  signal: AbortSignal,
): Promise<ContentCounts> {
  const counts = { items: 0, objects: 0 };
  const writer = objectWriter(objects, signal);
  for await (const file of readTar(counted(input.source, input.progress, signal))) {
    const part = partAt(file.path);
    if (part.kind !== 'items' && part.kind !== 'object') continue;
    if (part.kind === 'object') {
      await writer.write(part.ownerId, part.key, file);
      counts.objects++;
      continue;
    }
    for await (const values of valuesOf(file.content, memory.limits.batchItems)) {
      const items = parsed(Item, values) as unknown as MemoryItem[];
      await memory.upsert(part.ownerId, items, signal);
      counts.items += items.length;
    }
  }
  await writer.flush();
  return counts;
}
