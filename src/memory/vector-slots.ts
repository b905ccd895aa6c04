import type { VectorSlotRow } from '../ports/ledger-rows.ts';
import type { OwnerTx, Reads } from '../ports/ledger.ts';
import type { EmbedderModel } from '../ports/embedder.ts';
import { textSlot } from '../ports/embedder.ts';

/** The slot whose vectors recall uses; `undefined` before the first embedder was set. */
export async function activeSlot(reads: Reads): Promise<VectorSlotRow | undefined> {
  return reads.table('vectorSlots').get({ status: 'active' });
}

/** Slots that every new item gets a vector in: the active one first, then the one that is being filled. */
export async function liveSlots(reads: Reads): Promise<VectorSlotRow[]> {
  return reads
    .table('vectorSlots')
    .list({ where: { status: { in: ['active', 'filling'] } }, orderBy: [['status', 'asc']] });
}

/**
 * Gives a model its slot and says how it stands: the first is active at once (there is nothing to wait for), any other is
 * filled while the active one serves. Another one that was being filled is given up; its vectors stay until they
 * are dropped. Returning to the active model gives up the filling one.
 */
export async function beginSlot(tx: OwnerTx, model: EmbedderModel): Promise<VectorSlotRow['status']> {
  const slots = tx.table('vectorSlots');
  const slot = textSlot(model);
  const active = await activeSlot(tx);
  await slots.update({ status: 'filling', slot: { not: slot } }, { status: 'retired' });
  if (active?.slot === slot) return 'active';
  const status = active === undefined ? 'active' : 'filling';
  const { id: modelId, dimensions } = model;
  await slots.upsert({ slot, modelId, dimensions, status, createdAt: tx.now });
  return status;
}

/** Makes a filled slot the active one and retires the old one, in one step; false when it is no longer being filled. */
export async function activateSlot(tx: OwnerTx, slot: string): Promise<boolean> {
  const slots = tx.table('vectorSlots');
  const filling = await slots.count({ slot, status: 'filling' });
  if (filling === 0) return false;
  await slots.update({ status: 'active' }, { status: 'retired' });
  await slots.update({ slot }, { status: 'active' });
  return true;
}
