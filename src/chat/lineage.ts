import { batches } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import { QUOTING_TAG } from '../memory/message-items.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ItemFilter, MemoryItem, MemoryStore } from '../ports/memory-store.ts';

const PAGE = 500;

async function* items(filter: ItemFilter, memory: MemoryStore, ctx: Ctx): AsyncIterable<MemoryItem> {
  let after: string | undefined;
  do {
    const page = { limit: PAGE, ...(after === undefined ? {} : { after }) };
    const found = await memory.list(ctx.ownerId, filter, page, ctx.signal);
    yield* found.items;
    after = found.next;
  } while (after !== undefined);
}

/** Answers made of quotes that quote one of these sources: messages, documents or sessions. */
export async function messagesQuoting(
  sources: ReadonlySet<string>,
  deps: { readonly memory: MemoryStore },
  ctx: Ctx,
): Promise<MemoryItem[]> {
  const found: MemoryItem[] = [];
  for await (const item of items({ kinds: ['message'], tags: [QUOTING_TAG] }, deps.memory, ctx))
    if (item.derivedFrom.some((source) => source !== item.id && sources.has(source))) found.push(item);
  return found;
}

/** Answers made of quotes that quote anything with a tombstone, of whatever room. */
export async function messagesQuotingForgotten(
  deps: { readonly memory: MemoryStore; readonly ledger: Ledger },
  ctx: Ctx,
): Promise<MemoryItem[]> {
  const answers = await Array.fromAsync(items({ kinds: ['message'], tags: [QUOTING_TAG] }, deps.memory, ctx));
  const quoted = [...new Set(answers.flatMap(({ derivedFrom }) => derivedFrom))];
  const gone = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const found = new Set<string>();
    for (const run of batches(quoted, PAGE)) {
      const rows = await tx.table('tombstones').list({ where: { sourceId: { in: run } } });
      for (const { sourceId } of rows) found.add(sourceId);
    }
    return found;
  });
  return answers.filter(({ derivedFrom }) => derivedFrom.some((source) => gone.has(source)));
}
