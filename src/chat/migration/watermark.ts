import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { sha256 } from '../../core/ids.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { MigrationMapping } from '../../wire/migration.ts';
import { MigrationCounts, noCounts } from './migration-counts.ts';
import { PHASES } from './old-lines.ts';

/** How far a migration has come: all rows up to here are kept and in memory. */
const Watermark = z.object({
  phase: z.enum(PHASES),
  after: z.string().optional(),
  counts: MigrationCounts,
});
export type Watermark = z.infer<typeof Watermark>;

/** Which migration it is: the same rows of the same database by the same mapping. */
interface Which {
  /** Address of the database without user and password. */
  readonly place: string;
  readonly mapping: MigrationMapping;
  readonly user?: string | undefined;
}

type Deps = { readonly ledger: Ledger };

/** Where the watermark of a migration is kept: the address is in it only as a hash. */
export function watermarkKey({ place, mapping, user }: Which): string {
  return `migration.${sha256(JSON.stringify([place, mapping, user ?? null])).slice(0, 32)}`;
}

/** Where a migration that was cut off goes on, or its beginning. */
export async function readWatermark(key: string, { ledger }: Deps, ctx: Ctx): Promise<Watermark> {
  const row = await ledger.readsOf(ctx.ownerId).table('settings').get({ key });
  const found = row && Watermark.safeParse(JSON.parse(row.value));
  return found?.success ? found.data : { phase: PHASES[0], counts: noCounts() };
}

export async function saveWatermark(
  key: string,
  watermark: Watermark,
  { ledger }: Deps,
  ctx: Ctx,
): Promise<void> {
  const value = JSON.stringify(watermark);
  await ledger.forOwner(ctx.ownerId, (tx) => tx.table('settings').upsert({ key, value, updatedAt: tx.now }));
}

/** A migration that came to its end begins anew when it is asked for again, and finds that all is known. */
export async function dropWatermark(key: string, { ledger }: Deps, ctx: Ctx): Promise<void> {
  await ledger.forOwner(ctx.ownerId, (tx) => tx.table('settings').remove({ key }));
}
