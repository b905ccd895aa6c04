import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { MemoryItem } from '../../ports/memory-store.ts';
import type { ChatStores } from '../chat-deps.ts';
import { hiddenSources } from '../hidden-sources.ts';

/** A message in memory, with the conversation it stands in. */
export type SaidItem = MemoryItem & { readonly sessionId: string };

/**
 * The message an id stands for: itself, or the one a paragraph is part of. Errors: `not-found`; `invalid-input` for a
 * passage of a document, which only goes with the whole document.
 */
export async function saidItem(
  id: string,
  deps: Pick<ChatStores, 'memory' | 'ledger'>,
  ctx: Ctx,
): Promise<SaidItem> {
  const [item] = await deps.memory.get(ctx.ownerId, [id], ctx.signal);
  const hidden = new Set(await hiddenSources(deps, ctx));
  if (item === undefined || item.sources.some((source) => hidden.has(source)))
    throw new AppError('not-found', `Expected the id of something remembered, got ${id}.`);
  if (item.kind === 'paragraph' && item.parentId !== undefined) return saidItem(item.parentId, deps, ctx);
  const { sessionId } = item;
  if (item.kind === 'message' && sessionId !== undefined) return { ...item, sessionId };
  throw new AppError(
    'invalid-input',
    'Expected a message or a note, got a passage of a document: delete or replace the whole document instead.',
    { details: { documentId: item.documentId } },
  );
}
