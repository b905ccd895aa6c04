import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { OwnerTx, SystemTx } from '../ports/ledger.ts';
import type { CredentialRow } from '../ports/people-rows.ts';
import type { LoginView } from '../wire/people.ts';
import { record } from './audit-log.ts';
import { IDLE_MS } from './identity.ts';
import type { PeopleDeps } from './people-deps.ts';
import { dropLinks } from './sign-in-links.ts';

/** A browser session ends after so long, however much it is used. */
const LONGEST_MS = 30 * 24 * 60 * 60_000;

/** A browser session that has begun; the secret goes into the cookie and nowhere else. */
export interface BegunSession extends LoginView {
  readonly sessionSecret: string;
}

function view(row: Omit<CredentialRow, 'ownerId'>, current: string | undefined): LoginView {
  const usedAt = row.lastUsedAt ?? row.createdAt;
  const expiresAt = Math.min(row.expiresAt ?? Infinity, usedAt + IDLE_MS);
  return { id: row.id, current: row.id === current, startedAt: row.createdAt, usedAt, expiresAt };
}

/** Who was let in, and the password's hash it was by: checking takes long, and a reset meanwhile has the last word. */
export interface LetIn extends Access {
  readonly passwordHash?: string | undefined;
}

async function stillTheirs(tx: SystemTx, { userId, passwordHash }: LetIn): Promise<void> {
  if (passwordHash === undefined) return;
  const account = { ownerId: SYSTEM_OWNER, id: userId, passwordHash };
  if ((await tx.table('accounts').count(account)) > 0) return;
  throw new AppError('unauthenticated', 'The password was changed meanwhile; sign in again.');
}

/**
 * Begins a browser session of somebody whose password or link was right; told to the log of the space it begins in.
 * Errors: `unauthenticated` (the password was changed meanwhile).
 */
export async function beginSession(by: LetIn, deps: PeopleDeps, ctx: Ctx): Promise<BegunSession> {
  const { ownerId, userId } = by;
  const sessionSecret = `jiwa_session_${deps.newSecret()}`;
  const row = {
    id: ctx.newId(),
    userId,
    kind: 'session',
    name: 'browser',
    hash: sha256(sessionSecret),
    prefix: '',
    scopes: null,
    role: null,
    createdBy: null,
    createdAt: ctx.now(),
    expiresAt: ctx.now() + LONGEST_MS,
    lastUsedAt: null,
    revokedAt: null,
  } as const;
  await deps.ledger.system(async (tx) => {
    await stillTheirs(tx, by);
    // What ended long ago is of no use to anybody.
    const over = { ownerId: SYSTEM_OWNER, kind: 'session', userId, expiresAt: { lt: tx.now } } as const;
    await tx.table('credentials').remove(over);
    await tx.table('credentials').insert({ ...row, ownerId: SYSTEM_OWNER });
    await record(tx, ownerId, { userId, credentialId: row.id }, { event: 'signed-in', subject: row.id });
  });
  return { ...view(row, row.id), sessionSecret };
}

const OPEN = { kind: 'session', revokedAt: null } as const;

/** Sessions of a user that still open something, last begun first. */
export async function listLogins(
  { userId, credentialId }: Access,
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<LoginView[]> {
  const rows = await deps.ledger
    .readsOf(SYSTEM_OWNER)
    .table('credentials')
    .list({ where: { ...OPEN, userId }, orderBy: [['createdAt', 'desc']] });
  return rows.map((row) => view(row, credentialId)).filter(({ expiresAt }) => expiresAt > ctx.now());
}

/** Ends sessions of a user: those that match, all by default; says how many. */
export async function endSessions(
  tx: OwnerTx,
  userId: string,
  which: { readonly id?: string | { readonly not: string } } = {},
): Promise<number> {
  await dropLinks(tx, userId);
  return tx.table('credentials').update({ ...OPEN, userId, ...which }, { revokedAt: tx.now });
}

/** Ends own sessions, one (Errors: `not-found`) or all. */
export async function endLogins(
  { by, id }: { readonly by: Access; readonly id?: string },
  deps: PeopleDeps,
): Promise<{ ended: number }> {
  const ended = await deps.ledger.system(async (tx) => {
    const where = { ...OPEN, ownerId: SYSTEM_OWNER, userId: by.userId, ...(id === undefined ? {} : { id }) };
    const count = await tx.table('credentials').update(where, { revokedAt: tx.now });
    if (id === undefined) await dropLinks(tx, by.userId);
    if (count === 0 && id !== undefined)
      throw new AppError('not-found', 'You have no open session by this id.');
    const subject = id === undefined ? {} : { subject: id };
    await record(tx, by.ownerId, by, { event: 'signed-out', ...subject, counts: { sessions: count } });
    return count;
  });
  deps.changed();
  return { ended };
}
