import type { Ledger } from '../ports/ledger.ts';
import { dropMember } from './members.ts';

/**
 * Takes everybody but one out of a space, and ends every key and invitation there but this machine's token; for its erasure.
 * Says how many members went.
 */
export async function leaveAlone(
  { ownerId, userId }: { readonly ownerId: string; readonly userId: string },
  { ledger, changed }: { readonly ledger: Ledger; readonly changed: () => void },
): Promise<number> {
  const gone = await ledger.system(async (tx) => {
    const users = await tx.table('users').list({ where: { ownerId, id: { not: userId } } });
    for (const { id } of users) await dropMember(tx, ownerId, id);
    await tx.table('credentials').remove({ ownerId, kind: { in: ['key', 'invitation'] } });
    return users.length;
  });
  changed();
  return gone;
}
