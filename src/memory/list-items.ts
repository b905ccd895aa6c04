import type { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { ItemFilter, MemoryItem, MemoryStore } from '../ports/memory-store.ts';
import type { ItemPage, ItemQuery, ItemView } from '../wire/recall.ts';
import { placeOf } from './place.ts';
import type { TextReader } from './texts.ts';

export interface ItemDeps {
  readonly memory: MemoryStore;
  readonly texts: TextReader;
  /** Titles of sessions by id. */
  readonly titles: (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Roots whose items are being forgotten: nobody sees them any more. */
  readonly hidden: () => Promise<readonly string[]>;
}

async function views(found: readonly MemoryItem[], deps: ItemDeps, ctx: Ctx): Promise<ItemView[]> {
  const hidden = new Set(await deps.hidden());
  const items = found.filter(({ sources }) => !sources.some((source) => hidden.has(source)));
  const texts = await deps.texts.read(ctx.ownerId, items, ctx.signal);
  const titles = await deps.titles(items.flatMap(({ sessionId }) => sessionId ?? []));
  return items.map((item) => {
    const text = texts.get(item.id);
    return {
      id: item.id,
      kind: item.kind,
      place: placeOf(item, titles.get(item.sessionId ?? '') ?? ''),
      tags: [...item.tags],
      trust: item.trust,
      derivedFrom: [...item.derivedFrom],
      sources: [...item.sources],
      createdAt: item.createdAt,
      ...(text === undefined ? {} : { text }),
      ...(item.language === undefined ? {} : { language: item.language }),
    };
  });
}

function filterOf({ kind, sessionId, documentId }: ItemQuery): ItemFilter {
  return {
    ...(kind === undefined ? {} : { kinds: [kind] }),
    ...(sessionId === undefined ? {} : { sessionIds: [sessionId] }),
    ...(documentId === undefined ? {} : { documentIds: [documentId] }),
  };
}

/** A page of what memory holds, newest first, with texts. */
export async function listItems(
  query: ItemQuery,
  deps: ItemDeps,
  ctx: Ctx,
): Promise<z.infer<typeof ItemPage>> {
  const { limit, cursor } = query;
  const page = { limit, ...(cursor === undefined ? {} : { after: cursor }) };
  const { items, next } = await deps.memory.list(ctx.ownerId, filterOf(query), page, ctx.signal);
  return { items: await views(items, deps, ctx), ...(next === undefined ? {} : { next }) };
}

/** One item; throws `not-found`. */
export async function getItem({ id }: { readonly id: string }, deps: ItemDeps, ctx: Ctx): Promise<ItemView> {
  const [view] = await views(await deps.memory.get(ctx.ownerId, [id], ctx.signal), deps, ctx);
  if (view === undefined) throw new AppError('not-found', `There is no item ${id} in memory.`);
  return view;
}
