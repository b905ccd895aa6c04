import type { Config } from '../config.ts';
import type { Ctx, Log } from '../core/context.ts';
import { toAppError } from '../core/errors.ts';
import { switchEmbedder, type SwitchStarted } from '../memory/switch-embedder.ts';
import { activeSlot, beginSlot, liveSlots } from '../memory/vector-slots.ts';
import { type Embedder, textSlot } from '../ports/embedder.ts';
import type { Ledger } from '../ports/ledger.ts';
import { UseEmbedder } from '../wire/system.ts';
import { openEmbedder } from './embedder-choices.ts';
import { type EmbedderPool, embedderPool } from './embedder-pool.ts';

/** The open embedders, and how one is chosen. */
export interface Embedders extends EmbedderPool {
  /** Opens and tries the embedder, keeps the choice, then begins to fill its slot. */
  use(choice: UseEmbedder, ctx: Ctx): Promise<SwitchStarted>;
  choiceOf(slot: string, ctx: Ctx): Promise<UseEmbedder | undefined>;
  /** Lets a new space begin with the embedder that another one uses now. */
  shareWith(newOwnerId: string, ownerId: string): Promise<void>;
}

interface Deps {
  readonly ledger: Ledger;
  readonly config: Config;
  readonly log: Log;
}

const TRY_MS = 30_000;
const settingKey = (slot: string) => `embedder:${slot}`;

async function choiceOf(slot: string, ledger: Ledger, { ownerId }: Ctx): Promise<UseEmbedder | undefined> {
  const row = await ledger
    .readsOf(ownerId)
    .table('settings')
    .get({ key: settingKey(slot) });
  return row === undefined ? undefined : UseEmbedder.parse(JSON.parse(row.value));
}

/** Opens what the slots in use need; one that fails to open leaves words to serve alone, and is said in the log. */
async function reopen(pool: EmbedderPool, { ledger, config, log }: Deps, ctx: Ctx): Promise<boolean> {
  const rows = await liveSlots(ledger.readsOf(ctx.ownerId));
  for (const { slot } of rows) {
    const choice = await choiceOf(slot, ledger, ctx);
    if (choice === undefined || pool.ofSlot(slot) !== undefined) continue;
    try {
      pool.put(slot, await openEmbedder(choice, config));
    } catch (error) {
      log.error('embedder-not-opened', { slot, reason: toAppError(error).message });
    }
  }
  const active = await activeSlot(ledger.readsOf(ctx.ownerId));
  if (active !== undefined) pool.switched(ctx.ownerId, active.slot);
  return active !== undefined;
}

/** Asks something small. A server may have to load its model first: then the patience of bulk work is right. */
async function tryOut(embedder: Embedder, signal: AbortSignal): Promise<void> {
  try {
    await embedder.embedQuery('Is anybody there?', signal);
  } catch (error) {
    if (toAppError(error).code !== 'timeout') throw error;
    await embedder.embedTexts(['Is anybody there?'], signal);
  }
}

async function use(choice: UseEmbedder, pool: EmbedderPool, deps: Deps, ctx: Ctx): Promise<SwitchStarted> {
  const embedder = await openEmbedder(choice, deps.config);
  const slot = textSlot(embedder.model);
  try {
    await tryOut(embedder, AbortSignal.any([ctx.signal, AbortSignal.timeout(TRY_MS)]));
  } catch (error) {
    await embedder.close();
    throw error;
  }
  pool.put(slot, embedder);
  await deps.ledger.forOwner(ctx.ownerId, (tx) =>
    tx.table('settings').upsert({ key: settingKey(slot), value: JSON.stringify(choice), updatedAt: tx.now }),
  );
  const started = await switchEmbedder({ model: embedder.model }, deps, ctx);
  if (started.status === 'active') pool.switched(ctx.ownerId, slot);
  return started;
}

async function otherSpaces(ledger: Ledger, home: string): Promise<string[]> {
  const spaces = await ledger
    .systemReads()
    .table('spaces')
    .list({ where: { ownerId: { not: home } } });
  return spaces.map(({ ownerId }) => ownerId);
}

async function shareWith(
  newOwnerId: string,
  { embedder, slot }: ReturnType<EmbedderPool['active']>,
  pool: EmbedderPool,
  { ledger }: Deps,
): Promise<void> {
  const key = settingKey(slot);
  await ledger.system(async (tx) => {
    const choice = await tx.table('settings').get({ key });
    if (choice !== undefined) await tx.table('settings').upsert({ ...choice, ownerId: newOwnerId });
  });
  await ledger.forOwner(newOwnerId, (tx) => beginSlot(tx, embedder.model));
  pool.switched(newOwnerId, slot);
}

/** Opens the embedders of an owner's live slots, and of all other spaces; the first start chooses the bundled one. */
export async function openEmbedders(ctx: Ctx, deps: Deps): Promise<Embedders> {
  const pool = embedderPool(deps.log);
  if (!(await reopen(pool, deps, ctx))) await use({ kind: 'bundled' }, pool, deps, ctx);
  for (const ownerId of await otherSpaces(deps.ledger, ctx.ownerId)) {
    const there = { ...ctx, ownerId };
    if (!(await reopen(pool, deps, there))) await shareWith(ownerId, pool.active(ctx.ownerId), pool, deps);
  }
  return {
    ...pool,
    use: (choice, within) => use(choice, pool, deps, within),
    choiceOf: (slot, within) => choiceOf(slot, deps.ledger, within),
    shareWith: (newOwnerId, ownerId) => shareWith(newOwnerId, pool.active(ownerId), pool, deps),
  };
}
