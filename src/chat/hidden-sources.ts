import type { Ctx } from '../core/context.ts';
import { quoteOf } from '../memory/message-items.ts';
import type { Ledger } from '../ports/ledger.ts';

/** Sources that were forgotten but are not gone from every store yet, and quotes of them: no recall may show them. */
export async function hiddenSources(deps: { readonly ledger: Ledger }, ctx: Ctx): Promise<string[]> {
  const unfinished = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('tombstones')
    .list({ where: { report: null } });
  return unfinished.flatMap(({ sourceId }) => [sourceId, quoteOf(sourceId)]);
}
