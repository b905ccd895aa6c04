import type { Reads } from '../ports/ledger.ts';

/** True when the message, or the session it belongs to, was forgotten. */
export async function isForgotten(
  reads: Reads,
  message: { readonly id: string; readonly sessionId: string },
) {
  const sourceId = { in: [message.id, message.sessionId] };
  return (await reads.table('tombstones').count({ sourceId })) > 0;
}

/** True when anything was forgotten from this time on: what was made meanwhile may still tell of it. */
export async function forgottenSince(reads: Reads, time: number): Promise<boolean> {
  return (await reads.table('tombstones').count({ createdAt: { gte: time } })) > 0;
}
