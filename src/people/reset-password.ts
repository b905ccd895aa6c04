import type { Access } from '../core/authorized.ts';
import { AppError } from '../core/errors.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { SystemTx } from '../ports/ledger.ts';
import type { AccountRow, UserRow } from '../ports/people-rows.ts';
import type { PasswordReset } from '../wire/people.ts';
import { record } from './audit-log.ts';
import { type PeopleDeps, loginOf } from './people-deps.ts';
import { dropLinks } from './sign-in-links.ts';

interface Found {
  readonly userId: string;
  readonly name: string;
  readonly account?: AccountRow;
}

async function memberNamed(tx: SystemTx, text: string, home: string): Promise<UserRow | undefined> {
  const byId = await tx.table('users').get({ id: text.toLowerCase() });
  if (byId !== undefined) return byId;
  const named = await tx.table('users').list({ where: { ownerId: home, name: text }, limit: 2 });
  if (named.length < 2) return named[0];
  throw new AppError('invalid-input', `Expected the login or id: more than one user is called ${text}.`);
}

async function find(tx: SystemTx, text: string, home: string): Promise<Found> {
  const accounts = tx.table('accounts');
  const byLogin = await accounts.get({ ownerId: SYSTEM_OWNER, login: loginOf(text) });
  if (byLogin !== undefined) return { userId: byLogin.id, name: byLogin.login, account: byLogin };
  const user = await memberNamed(tx, text, home);
  if (user === undefined) throw new AppError('not-found', `There is no user ${text}.`);
  if (user.role === 'service') {
    throw new AppError('invalid-input', 'A service has keys and no password; make it a new key.');
  }
  const account = await accounts.get({ ownerId: SYSTEM_OWNER, id: user.id });
  return { userId: user.id, name: user.name, ...(account === undefined ? {} : { account }) };
}

/** Twenty letters and digits in groups: about 119 bits, and can be read aloud. */
function newPassword(newSecret: () => string): string {
  let letters = '';
  while (letters.length < 20) letters += newSecret().replace(/[^A-Za-z0-9]/g, '');
  return (letters.slice(0, 20).match(/.{5}/g) ?? []).join('-');
}

/** A browser session that could give its own user a new password would never have to end: the thief of one would stay. */
async function refuseOwn(tx: SystemTx, { userId, credentialId }: Access, whose: string): Promise<void> {
  if (userId !== whose || credentialId === undefined) return;
  const shown = { ownerId: SYSTEM_OWNER, id: credentialId, kind: 'session' } as const;
  if ((await tx.table('credentials').count(shown)) === 0) return;
  throw new AppError(
    'forbidden',
    'A browser changes the own password only by the present one; without it, run jiwa reset-password where Jiwa runs.',
  );
}

/**
 * Gives somebody a new password, told once, and ends their browser sessions; who has no login yet gets one. For the hosts
 * of the installation, above all from its terminal. Errors: `not-found`, `invalid-input`, `conflict` (login taken),
 * `forbidden` (the own one, from a browser).
 */
export async function resetPassword(
  { by, user, login }: PasswordReset & { readonly by: Access },
  deps: PeopleDeps,
): Promise<{ login: string; password: string }> {
  const password = newPassword(deps.newSecret);
  const passwordHash = await deps.passwords.hash(password);
  const made = await deps.ledger.system(async (tx) => {
    const { userId, name, account } = await find(tx, user, deps.home);
    await refuseOwn(tx, by, userId);
    const accounts = tx.table('accounts');
    const wanted = loginOf(login ?? account?.login ?? name);
    const holder = await accounts.get({ ownerId: SYSTEM_OWNER, login: wanted });
    if (holder !== undefined && holder.id !== userId) {
      throw new AppError('conflict', `The login ${wanted} belongs to somebody else; choose another.`);
    }
    const createdAt = account?.createdAt ?? tx.now;
    const row = { id: userId, login: wanted, passwordHash, createdAt, changedAt: tx.now };
    await accounts.upsert({ ...row, ownerId: SYSTEM_OWNER });
    const open = { ownerId: SYSTEM_OWNER, kind: 'session', userId, revokedAt: null } as const;
    const sessions = await tx.table('credentials').update(open, { revokedAt: tx.now });
    await dropLinks(tx, userId);
    const event = { event: 'password-reset', subject: userId, counts: { sessions } };
    await record(tx, by.ownerId, by, event);
    return { login: wanted, password };
  });
  deps.changed();
  return made;
}
