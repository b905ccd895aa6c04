import type { Config } from '../config.ts';
import type { Ctx, Log } from '../core/context.ts';
import { toAppError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import type { Timers } from '../core/timers.ts';
import { turns } from '../core/turns.ts';
import { switchEmbedder, type SwitchStarted } from '../memory/switch-embedder.ts';
import { activeSlot, beginSlot, liveSlots } from '../memory/vector-slots.ts';
import { type Embedder, textSlot } from '../ports/embedder.ts';
import type { Ledger } from '../ports/ledger.ts';
import { UseEmbedder } from '../wire/system.ts';
import { openEmbedder } from './embedder-choices.ts';
import { type EmbedderPool, embedderPool } from './embedder-pool.ts';
import { type Standing, notedEmbedder } from './standing.ts';

/** The open embedders, and how one is chosen. */
export interface Embedders extends EmbedderPool {
  /** Opens and tries the embedder, keeps the choice, then begins to fill its slot. */
  use(choice: UseEmbedder, ctx: Ctx): Promise<SwitchStarted>;
  choiceOf(slot: string, ctx: Ctx): Promise<UseEmbedder | undefined>;
  /** Takes notice of what was chosen for a space in another process; does nothing where nothing was. */
  notice(ctx: Ctx): Promise<void>;
  /** Lets a new space begin with the embedder that another one uses now. */
  shareWith(newOwnerId: string, ownerId: string): Promise<void>;
}

interface EmbeddersDeps {
  readonly ledger: Ledger;
  readonly config: Config;
  readonly log: Log;
  readonly standing: Standing;
  readonly timers: Timers;
}

interface Deps extends EmbeddersDeps {
  /** The choices as they were opened or seen, by owner and slot. */
  readonly seen: Map<string, string>;
}

const TRY_MS = 30_000;
/** A start waits this long for a server that has to load its model. */
const WAKE_MS = 2_000;
const settingKey = (slot: string) => `embedder:${slot}`;

async function choiceOf(slot: string, ledger: Ledger, { ownerId }: Ctx): Promise<UseEmbedder | undefined> {
  const row = await ledger
    .readsOf(ownerId)
    .table('settings')
    .get({ key: settingKey(slot) });
  return row === undefined ? undefined : UseEmbedder.parse(JSON.parse(row.value));
}

/** Notes a choice; true when it is another than the one before, not when it is the first that is seen. */
function changed(slot: string, choice: UseEmbedder, { seen }: Deps, { ownerId }: Ctx): boolean {
  const key = `${ownerId} ${slot}`;
  const before = seen.get(key);
  const now = JSON.stringify(choice);
  seen.set(key, now);
  return before !== undefined && before !== now;
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

/**
 * Tries a server that was chosen earlier, so that no question has to wait for the way to it and for its model. One that
 * needs longer wakes while the rest begins; until then words serve alone.
 */
async function wake(embedder: Embedder, { timers, log }: Deps, { signal }: Ctx): Promise<void> {
  const ended = new AbortController();
  tryOut(embedder, AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]))
    .catch((error: unknown) =>
      log.warn('embedder-asleep', { model: embedder.model.id, reason: toAppError(error).message }),
    )
    .finally(() => ended.abort());
  await pause(WAKE_MS, timers, ended.signal).catch(() => undefined);
}

/** Opens what the slots in use need; one that fails to open leaves words to serve alone, and is said in the log. */
async function reopen(pool: EmbedderPool, deps: Deps, ctx: Ctx): Promise<boolean> {
  const { ledger, config, log } = deps;
  const rows = await liveSlots(ledger.readsOf(ctx.ownerId));
  for (const { slot } of rows) {
    const choice = await choiceOf(slot, ledger, ctx);
    if (choice === undefined) continue;
    if (!changed(slot, choice, deps, ctx) && pool.ofSlot(slot) !== undefined) continue;
    try {
      const embedder = notedEmbedder(deps.standing, await openEmbedder(choice, config));
      pool.put(slot, embedder);
      if (choice.kind === 'remote') await wake(embedder, deps, ctx);
    } catch (error) {
      deps.standing.failed('embedder', error);
      log.error('embedder-not-opened', { slot, reason: toAppError(error).message });
    }
  }
  const active = await activeSlot(ledger.readsOf(ctx.ownerId));
  if (active !== undefined) pool.switched(ctx.ownerId, active.slot);
  return active !== undefined;
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
  pool.put(slot, notedEmbedder(deps.standing, embedder));
  changed(slot, choice, deps, ctx);
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
export async function openEmbedders(ctx: Ctx, given: EmbeddersDeps): Promise<Embedders> {
  const deps: Deps = { ...given, seen: new Map() };
  const pool = embedderPool(deps.log);
  const inTurn = turns();
  if (!(await reopen(pool, deps, ctx))) await use({ kind: 'bundled' }, pool, deps, ctx);
  for (const ownerId of await otherSpaces(deps.ledger, ctx.ownerId)) {
    const there = { ...ctx, ownerId };
    if (!(await reopen(pool, deps, there))) await shareWith(ownerId, pool.active(ctx.ownerId), pool, deps);
  }
  return {
    ...pool,
    use: (choice, within) => use(choice, pool, deps, within),
    notice: (within) => inTurn('notice', async () => void (await reopen(pool, deps, within))),
    choiceOf: (slot, within) => choiceOf(slot, deps.ledger, within),
    shareWith: (newOwnerId, ownerId) => shareWith(newOwnerId, pool.active(ownerId), pool, deps),
  };
}
