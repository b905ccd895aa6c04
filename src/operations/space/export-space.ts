import type { Ctx } from '../../core/context.ts';
import { type ArchiveDeps, writeArchive } from '../backup/write-archive.ts';

/**
 * Everything of one space as an archive: its rows without secrets, items without vectors, all objects. Errors: `conflict`,
 * those of the stores.
 */
export async function* exportSpace(
  { madeBy }: { readonly madeBy: string },
  deps: ArchiveDeps,
  ctx: Ctx,
): AsyncGenerator<Uint8Array, void, void> {
  const space = await deps.ledger.readsOf(ctx.ownerId).table('spaces').get({});
  const of = { kind: 'space', name: space?.name ?? '', ownerId: ctx.ownerId, madeBy } as const;
  yield* writeArchive({ of }, deps, ctx);
}
