import { mapBounded } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Titles read at once. */
const PARALLEL = 16;

/** Keeps the title that a document carries itself, which is text of it, beside its chunk files; an empty one is none. */
export async function keepDocumentTitle(
  documentId: string,
  title: string,
  { objects }: { readonly objects: Pick<ObjectStore, 'put' | 'remove'> },
  { ownerId }: Ctx,
): Promise<void> {
  const key = objectKeys.documentTitle(documentId);
  if (title === '') await objects.remove(ownerId, key);
  else await objects.put(ownerId, key, title, { durable: false });
}

/** Titles by document id; those that carry none, or are not read yet, are left out. */
export async function documentTitles(
  documentIds: readonly string[],
  { objects }: { readonly objects: Pick<ObjectStore, 'get'> },
  { ownerId, signal }: Ctx,
): Promise<Map<string, string>> {
  const decoder = new TextDecoder();
  const titles = await mapBounded(documentIds, PARALLEL, async (id) => {
    const body = await objects.get(ownerId, objectKeys.documentTitle(id), signal);
    return body === undefined ? [] : [[id, decoder.decode(body)] as const];
  });
  return new Map(titles.flat());
}
