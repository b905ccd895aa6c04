import type { OwnerTx } from '../ports/ledger.ts';

/** True when the message, or the session it belongs to, was forgotten. */
export async function isForgotten(tx: OwnerTx, message: { readonly id: string; readonly sessionId: string }) {
  const sourceId = { in: [message.id, message.sessionId] };
  return (await tx.table('tombstones').count({ sourceId })) > 0;
}

/** True when anything was forgotten from this time on: what was made meanwhile may still tell of it. */
export async function forgottenSince(tx: OwnerTx, time: number): Promise<boolean> {
  return (await tx.table('tombstones').count({ createdAt: { gte: time } })) > 0;
}
