import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { SystemTx } from '../ports/ledger.ts';
import type { CredentialRow, UserRow } from '../ports/people-rows.ts';
import type { InvitationMade, InvitationView, NewInvitation, TakeInvitation } from '../wire/people.ts';
import { record } from './audit-log.ts';
import { type BegunSession, beginSession } from './browser-sessions.ts';
import { type PeopleDeps, loginOf } from './people-deps.ts';
import { checkPassword } from './sign-in.ts';

const HOUR_MS = 60 * 60_000;
const OPEN = { kind: 'invitation', revokedAt: null } as const;
/** Whose invitations hold: who may bring nobody in any more brings nobody in by what they left behind. */
const HOST = { role: 'host', disabledAt: null } as const;

function view({ id, name, role, expiresAt }: Omit<CredentialRow, 'ownerId'>): InvitationView {
  return { id, name, role: role ?? 'viewer', expiresAt: expiresAt ?? 0 };
}

/** Invites somebody: a secret that works once until it expires. */
export async function invite(
  { by, name, role, hours }: NewInvitation & { readonly by: Access },
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<InvitationMade> {
  const secret = `jiwa_invitation_${deps.newSecret()}`;
  const row = {
    id: ctx.newId(),
    // Whoever takes it becomes this user, unless they are one already.
    userId: ctx.newId(),
    kind: 'invitation',
    name,
    hash: sha256(secret),
    prefix: '',
    scopes: null,
    role,
    createdBy: by.userId,
    createdAt: ctx.now(),
    expiresAt: ctx.now() + hours * HOUR_MS,
    lastUsedAt: null,
    revokedAt: null,
  } as const;
  await deps.ledger.forOwner(by.ownerId, async (tx) => {
    await tx.table('credentials').insert(row);
    await record(tx, by.ownerId, by, { event: `invited-${role}`, subject: row.id });
  });
  return { ...view(row), secret };
}

/** Invitations that can still be taken. */
export async function listInvitations(deps: PeopleDeps, ctx: Ctx): Promise<InvitationView[]> {
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const where = { ...OPEN, expiresAt: { gt: tx.now } };
    const rows = await tx.table('credentials').list({ where });
    const hosts = new Set((await tx.table('users').list({ where: HOST })).map(({ id }) => id));
    return rows.filter(({ createdBy }) => createdBy !== null && hosts.has(createdBy)).map(view);
  });
}

/** Takes an invitation back. Errors: `not-found`. */
export async function revokeInvitation(
  { by, id }: { readonly by: Access; readonly id: string },
  deps: PeopleDeps,
): Promise<{ ended: number }> {
  return deps.ledger.forOwner(by.ownerId, async (tx) => {
    const ended = await tx.table('credentials').update({ ...OPEN, id }, { revokedAt: tx.now });
    if (ended === 0) throw new AppError('not-found', 'There is no open invitation by this id.');
    await record(tx, by.ownerId, by, { event: 'invitation-revoked', subject: id });
    return { ended };
  });
}

/** An invitation that can still be taken, and the host who made it. */
export interface OpenInvitation {
  readonly invitation: CredentialRow;
  readonly host: UserRow;
}

/** Finds the invitation of a secret. Errors: `not-found` (unknown, taken, taken back, expired, of nobody who is a host). */
export async function openInvitation(tx: SystemTx, secret: string): Promise<OpenInvitation> {
  const invitation = await tx.table('credentials').get({ ...OPEN, hash: sha256(secret) });
  if (invitation?.createdBy && (invitation.expiresAt ?? 0) > tx.now) {
    const { ownerId, createdBy: id } = invitation;
    const host = await tx.table('users').get({ ...HOST, ownerId, id });
    if (host !== undefined) return { invitation, host };
  }
  throw new AppError('not-found', 'This invitation was taken, taken back or has expired; ask for a new one.');
}

interface Newcomer {
  readonly secret: string;
  readonly name?: string | undefined;
  /** Present when they have a login here already. */
  readonly userId?: string;
  readonly login: string;
  readonly passwordHash: string;
}

/** Uses the invitation up and makes the member, or neither. */
async function join(tx: SystemTx, newcomer: Newcomer): Promise<Access> {
  const { invitation } = await openInvitation(tx, newcomer.secret);
  const { ownerId, id, role } = invitation;
  const userId = newcomer.userId ?? invitation.userId;
  if ((await tx.table('users').count({ ownerId, id: userId })) > 0) {
    throw new AppError('conflict', 'You belong to this space already.');
  }
  await tx.table('credentials').update({ ownerId, id }, { revokedAt: tx.now, lastUsedAt: tx.now });
  if (newcomer.userId === undefined) {
    const { login, passwordHash } = newcomer;
    const account = { id: userId, login, passwordHash, createdAt: tx.now, changedAt: tx.now };
    await tx.table('accounts').insert({ ...account, ownerId: SYSTEM_OWNER });
  }
  const name = newcomer.name ?? invitation.name;
  const user = { id: userId, name, role: role ?? 'viewer', createdAt: tx.now, disabledAt: null };
  await tx.table('users').insert({ ...user, ownerId });
  await record(tx, ownerId, { userId }, { event: 'invitation-taken', subject: id });
  return { ownerId, userId };
}

/**
 * Makes a member of whoever shows an invitation and signs them in: with a new login, or with the one they have here and
 * its password. Errors: `not-found` (taken, expired), `unauthenticated`, `conflict` (a member already), `rate-limited`.
 */
export async function takeInvitation(
  { secret, login, password, name }: TakeInvitation,
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<BegunSession> {
  const wanted = loginOf(login);
  const known = await deps.ledger.system(async (tx) => {
    await openInvitation(tx, secret);
    return tx.table('accounts').get({ ownerId: SYSTEM_OWNER, login: wanted });
  });
  const account = known && (await checkPassword({ login, password }, deps));
  const passwordHash = account?.passwordHash ?? (await deps.passwords.hash(password));
  const newcomer = { secret, name, login: wanted, passwordHash };
  const access = await deps.ledger.system((tx) =>
    join(tx, account === undefined ? newcomer : { ...newcomer, userId: account.id }),
  );
  return beginSession({ ...access, passwordHash }, deps, ctx);
}
