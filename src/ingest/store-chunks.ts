import { batches, mapBounded } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import { chunkId, chunkItem } from './chunk-items.ts';
import type { IngestDeps } from './deps.ts';
import type { AnalysedChunk } from './split-task.ts';

export type StoreDeps = Pick<IngestDeps, 'memory' | 'objects' | 'texts'>;

/** Chunk files written at once. */
const PARALLEL_FILES = 16;

/** Writes chunk files, then their items, so that an item that is found always has its text. `first` is the position of the first. */
export async function storeChunks(
  document: { readonly row: DocumentRow; readonly text: string },
  chunks: readonly AnalysedChunk[],
  first: number,
  run: { readonly deps: StoreDeps; readonly ctx: Ctx },
): Promise<void> {
  const { row, text } = document;
  const { deps, ctx } = run;
  await mapBounded(chunks, PARALLEL_FILES, ({ start, end }, index) =>
    deps.objects.put(ctx.ownerId, objectKeys.chunk(row.id, first + index), text.slice(start, end), {
      durable: false,
    }),
  );
  const items = chunks.map((chunk, index) => chunkItem(row, chunk, first + index));
  for (const batch of batches(items, deps.memory.limits.batchItems))
    await deps.memory.upsert(ctx.ownerId, batch, ctx.signal);
}

/** Removes what an earlier reading left beyond the last chunk. Chunk files come before items, so they show how far it went. */
export async function removeChunksFrom(
  count: number,
  row: DocumentRow,
  deps: StoreDeps,
  ctx: Ctx,
): Promise<void> {
  let beyond = row.chunkCount;
  for await (const { key } of deps.objects.list(ctx.ownerId, objectKeys.chunks(row.id), ctx.signal)) {
    const position = Number(/chunk_(\d+)\.txt$/.exec(key)?.[1] ?? -1);
    beyond = Math.max(beyond, position + 1);
  }
  const stale = Array.from({ length: Math.max(0, beyond - count) }, (_, index) => count + index);
  for (const positions of batches(stale, deps.memory.limits.batchItems)) {
    const ids = positions.map((position) => chunkId(ctx.ownerId, row.id, position));
    await deps.memory.remove(ctx.ownerId, { ids }, ctx.signal);
    await mapBounded(positions, PARALLEL_FILES, (position) =>
      deps.objects.remove(ctx.ownerId, objectKeys.chunk(row.id, position)),
    );
  }
  deps.texts.forget(ctx.ownerId, row.id);
}
