import type { Ctx } from '../core/context.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { IngestDeps } from './deps.ts';

export type ForgetChunksDeps = Pick<IngestDeps, 'memory' | 'objects' | 'texts'>;

/**
 * Takes a document out of recall: every item that comes from it (chunks and what was derived from them) and its chunk
 * files; the original stays. Gives counts by kind of item, and `objects`.
 */
export async function forgetChunks(
  documentId: string,
  deps: ForgetChunksDeps,
  ctx: Ctx,
): Promise<Record<string, number>> {
  const items = await deps.memory.remove(ctx.ownerId, { sources: [documentId] }, ctx.signal);
  const objects = await deps.objects.removeAll(ctx.ownerId, objectKeys.chunks(documentId), ctx.signal);
  deps.texts.forget(ctx.ownerId, documentId);
  return { ...items, objects };
}
