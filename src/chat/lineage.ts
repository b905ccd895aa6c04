import { batches } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import { quoteOf } from '../memory/message-items.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { TombstoneRow } from '../ports/ledger-rows.ts';
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
  sources: readonly string[],
  deps: { readonly memory: MemoryStore },
  ctx: Ctx,
): Promise<MemoryItem[]> {
  const found = new Map<string, MemoryItem>();
  for (const run of batches(sources, Math.min(PAGE, deps.memory.limits.batchItems))) {
    const filter = { kinds: ['message'] as const, sources: run.map(quoteOf) };
    for await (const item of items(filter, deps.memory, ctx)) found.set(item.id, item);
  }
  return [...found.values()];
}

const KINDS: readonly TombstoneRow['kind'][] = ['document', 'session', 'message'];

/** Everything that was ever forgotten, a page of ids at a time. */
async function* forgotten(deps: { readonly ledger: Ledger }, ctx: Ctx): AsyncIterable<string[]> {
  for (const kind of KINDS) {
    for (let after = ''; ;) {
      const rows = await deps.ledger
        .readsOf(ctx.ownerId)
        .table('tombstones')
        .list({
          where: { kind, sourceId: { gt: after } },
          orderBy: [['sourceId', 'asc']],
          limit: PAGE,
        });
      const last = rows.at(-1);
      if (last === undefined) break;
      yield rows.map(({ sourceId }) => sourceId);
      after = last.sourceId;
    }
  }
}

/** Answers made of quotes that quote anything with a tombstone, of whatever room. */
export async function messagesQuotingForgotten(
  deps: { readonly memory: MemoryStore; readonly ledger: Ledger },
  ctx: Ctx,
): Promise<MemoryItem[]> {
  const found = new Map<string, MemoryItem>();
  for await (const sources of forgotten(deps, ctx))
    for (const item of await messagesQuoting(sources, deps, ctx)) found.set(item.id, item);
  return [...found.values()];
}
