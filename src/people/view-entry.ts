import type { SystemTx } from '../ports/ledger.ts';
import type { EntrySecret, EntryView } from '../wire/people.ts';
import { openInvitation } from './invitations.ts';
import type { PeopleDeps } from './people-deps.ts';
import { firstMembership, linkRefused } from './sign-in.ts';
import { LINK_MARK, userOfLink } from './sign-in-links.ts';

async function spaceName(tx: SystemTx, ownerId: string): Promise<string> {
  return (await tx.table('spaces').get({ ownerId }))?.name ?? '';
}

async function viewLink(tx: SystemTx, secret: string): Promise<EntryView> {
  const userId = await userOfLink(tx, secret);
  const user = userId === undefined ? undefined : await firstMembership(tx, userId);
  if (user === undefined) throw linkRefused();
  return { kind: 'link', name: user.name, space: await spaceName(tx, user.ownerId) };
}

async function viewInvitation(tx: SystemTx, secret: string): Promise<EntryView> {
  const { invitation, host } = await openInvitation(tx, secret);
  const { name, role, expiresAt, ownerId } = invitation;
  return {
    kind: 'invitation',
    name,
    space: await spaceName(tx, ownerId),
    role: role ?? 'viewer',
    by: host.name,
    expiresAt: expiresAt ?? 0,
  };
}

/**
 * Tells whom a sign-in link or an invitation would sign in, and leaves it as it is: somebody lured to the link of another
 * sees whose space it is before anything is typed there. Errors: `unauthenticated` (a link that is over), `not-found`.
 */
export async function viewEntry({ secret }: EntrySecret, { ledger }: PeopleDeps): Promise<EntryView> {
  return ledger.system((tx) =>
    secret.startsWith(LINK_MARK) ? viewLink(tx, secret) : viewInvitation(tx, secret),
  );
}
