import type { Config } from '../config.ts';
import type { Ctx, Log } from '../core/context.ts';
import { AppError, toAppError } from '../core/errors.ts';
import { switchEmbedder, type SwitchStarted } from '../memory/switch-embedder.ts';
import { activeSlot, liveSlots } from '../memory/vector-slots.ts';
import { type Embedder, textSlot } from '../ports/embedder.ts';
import type { Ledger } from '../ports/ledger.ts';
import { UseEmbedder } from '../wire/system.ts';
import { openEmbedder } from './embedder-choices.ts';

/** The embedders that are open, and which one serves each owner. */
export interface Embedders {
  /** The embedder whose vectors recall uses, with its slot. Throws `unavailable` when it could not be opened. */
  active(ownerId: string): { readonly embedder: Embedder; readonly slot: string };
  /** The slot in use, also when its embedder could not be opened. */
  activeSlot(ownerId: string): string;
  ofSlot(slot: string): Embedder | undefined;
  /** Opens and tries the embedder, keeps the choice, then begins to fill its slot. */
  use(choice: UseEmbedder, ctx: Ctx): Promise<SwitchStarted>;
  choiceOf(slot: string, ctx: Ctx): Promise<UseEmbedder | undefined>;
  /** A filled slot has become the active one. */
  switched(ownerId: string, slot: string): void;
  close(): Promise<void>;
}

const settingKey = (slot: string) => `embedder:${slot}`;

async function readChoice(slot: string, ledger: Ledger, ownerId: string): Promise<UseEmbedder | undefined> {
  const row = await ledger.forOwner(ownerId, (tx) => tx.table('settings').get({ key: settingKey(slot) }));
  return row === undefined ? undefined : UseEmbedder.parse(JSON.parse(row.value));
}

interface Deps {
  readonly ledger: Ledger;
  readonly config: Config;
  readonly log: Log;
}

/** Opens what the slots in use need; one that fails to open leaves words to serve alone, and is said in the log. */
async function reopen(ownerId: string, open: Map<string, Embedder>, deps: Deps): Promise<string | undefined> {
  const rows = await deps.ledger.forOwner(ownerId, liveSlots);
  for (const { slot } of rows) {
    const choice = await readChoice(slot, deps.ledger, ownerId);
    if (choice === undefined || open.has(slot)) continue;
    try {
      open.set(slot, await openEmbedder(choice, deps.config));
    } catch (error) {
      deps.log.error('embedder-not-opened', { slot, reason: toAppError(error).message });
    }
  }
  return (await deps.ledger.forOwner(ownerId, activeSlot))?.slot;
}

/** Opens the embedders of an owner's live slots; the first start chooses the bundled one. */
export async function openEmbedders(ctx: Ctx, deps: Deps): Promise<Embedders> {
  const { ledger, config } = deps;
  const open = new Map<string, Embedder>();
  const active = new Map<string, string>();

  async function use(choice: UseEmbedder, within: Ctx): Promise<SwitchStarted> {
    const embedder = await openEmbedder(choice, config);
    const slot = textSlot(embedder.model);
    try {
      await embedder.embedQuery(
        'Is anybody there?',
        AbortSignal.any([within.signal, AbortSignal.timeout(30_000)]),
      );
    } catch (error) {
      await embedder.close();
      throw error;
    }
    const before = open.get(slot);
    open.set(slot, embedder);
    await before?.close();
    await ledger.forOwner(within.ownerId, (tx) =>
      tx
        .table('settings')
        .upsert({ key: settingKey(slot), value: JSON.stringify(choice), updatedAt: tx.now }),
    );
    const started = await switchEmbedder({ model: embedder.model }, { ledger }, within);
    if (started.status === 'active') active.set(within.ownerId, slot);
    return started;
  }

  const slotOf = (ownerId: string) => {
    const slot = active.get(ownerId);
    if (slot === undefined) throw new AppError('unavailable', 'No embedder has been chosen yet.');
    return slot;
  };
  const slot = await reopen(ctx.ownerId, open, deps);
  if (slot === undefined) await use({ kind: 'bundled' }, ctx);
  else active.set(ctx.ownerId, slot);

  return {
    active(ownerId) {
      const slot = slotOf(ownerId);
      const embedder = open.get(slot);
      if (embedder === undefined)
        throw new AppError('unavailable', `The embedder of ${slot} could not be opened.`);
      return { embedder, slot };
    },
    activeSlot: slotOf,
    ofSlot: (slot) => open.get(slot),
    use,
    choiceOf: (slot, within) => readChoice(slot, ledger, within.ownerId),
    switched: (ownerId, slot) => void active.set(ownerId, slot),
    async close() {
      for (const embedder of open.values()) await embedder.close();
    },
  };
}
