import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { Reads } from '../ports/ledger.ts';
import type { AccountRow, UserRow } from '../ports/people-rows.ts';
import type { PasswordChange, PasswordSignIn, SignIn } from '../wire/people.ts';
import { record } from './audit-log.ts';
import { type BegunSession, beginSession, endSessions } from './browser-sessions.ts';
import { type PeopleDeps, loginOf } from './people-deps.ts';
import { takeLink } from './sign-in-links.ts';

/** The same words whether the login or the password is wrong. */
function refused(): AppError {
  return new AppError('unauthenticated', 'The login or the password is not right.');
}

async function noteFailure(userId: string | undefined, { ledger }: PeopleDeps): Promise<void> {
  const by = userId === undefined ? undefined : { userId };
  const event = { event: 'sign-in-refused', outcome: 'failed' } as const;
  await ledger.forOwner(SYSTEM_OWNER, (tx) => record(tx, SYSTEM_OWNER, by, event));
}

/**
 * The account whose login and password these are. Takes as long for a login nobody has; five tries a minute for each
 * login, whoever makes them. Errors: `unauthenticated` (written down), `rate-limited`.
 */
export async function checkPassword(
  { login, password }: PasswordSignIn,
  deps: PeopleDeps,
): Promise<AccountRow> {
  const name = loginOf(login);
  deps.limits.take('login', `account ${name}`);
  const account = await deps.ledger.readsOf(SYSTEM_OWNER).table('accounts').get({ login: name });
  const right = await deps.passwords.verify(password, account?.passwordHash ?? '');
  if (account !== undefined && right) return account;
  await noteFailure(account?.id, deps);
  throw refused();
}

/** What is said of a link that signs nobody in. */
export function linkRefused(): AppError {
  return new AppError('unauthenticated', 'This link was used or has expired; make a new one with: jiwa page');
}

/** The first space that lets somebody in: where their sessions begin. */
export async function firstMembership(reads: Reads, id: string): Promise<UserRow | undefined> {
  const where = { id, disabledAt: null };
  const [user] = await reads.table('users').list({ where, orderBy: [['createdAt', 'asc']], limit: 1 });
  return user;
}

/** Uses a link up. Errors: `unauthenticated` (written down). */
async function checkLink(secret: string, deps: PeopleDeps): Promise<{ readonly id: string }> {
  const id = await deps.ledger.system((tx) => takeLink(tx, secret));
  if (id !== undefined) return { id };
  await noteFailure(undefined, deps);
  throw linkRefused();
}

/** Signs somebody in to the first space that lets them, by password or link. Errors: as `checkPassword`. */
export async function signIn(input: SignIn, deps: PeopleDeps, ctx: Ctx): Promise<BegunSession> {
  const { id, passwordHash }: Pick<AccountRow, 'id'> & Partial<AccountRow> =
    'link' in input ? await checkLink(input.link, deps) : await checkPassword(input, deps);
  const user = await firstMembership(deps.ledger.systemReads(), id);
  if (user !== undefined) return beginSession({ ownerId: user.ownerId, userId: id, passwordHash }, deps, ctx);
  await noteFailure(id, deps);
  throw refused();
}

/** Changes the own password; every other browser session of the user ends. Errors: as `checkPassword`, `conflict` without a login. */
export async function changePassword(
  { by, current, next }: PasswordChange & { readonly by: Access },
  deps: PeopleDeps,
): Promise<{ ended: number }> {
  const { userId } = by;
  const account = await deps.ledger.readsOf(SYSTEM_OWNER).table('accounts').get({ id: userId });
  if (account === undefined) {
    throw new AppError('conflict', 'There is no login to change the password of; see: jiwa reset-password');
  }
  await checkPassword({ login: account.login, password: current }, deps);
  const passwordHash = await deps.passwords.hash(next);
  const ended = await deps.ledger.forOwner(SYSTEM_OWNER, async (tx) => {
    const same = { id: userId, passwordHash: account.passwordHash };
    // A reset while the password was checked has the last word.
    if ((await tx.table('accounts').update(same, { passwordHash, changedAt: tx.now })) === 0) throw refused();
    return endSessions(tx, userId, by.credentialId === undefined ? {} : { id: { not: by.credentialId } });
  });
  deps.changed();
  await deps.ledger.forOwner(by.ownerId, (tx) =>
    record(tx, by.ownerId, by, { event: 'password-changed', subject: userId, counts: { sessions: ended } }),
  );
  return { ended };
}
