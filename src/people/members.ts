import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { SystemTx } from '../ports/ledger.ts';
import type { UserRow } from '../ports/people-rows.ts';
import type { UserPatch, UserView } from '../wire/people.ts';
import { record } from './audit-log.ts';
import type { PeopleDeps } from './people-deps.ts';

function view(row: Omit<UserRow, 'ownerId'>, login: string | undefined): UserView {
  const { id, name, role, disabledAt, createdAt } = row;
  const known = login === undefined ? {} : { login };
  return { id, name, role, disabled: disabledAt !== null, createdAt, ...known };
}

async function loginOfUser(tx: SystemTx, id: string): Promise<string | undefined> {
  return (await tx.table('accounts').get({ ownerId: SYSTEM_OWNER, id }))?.login;
}

async function memberOf(tx: SystemTx, ownerId: string, id: string): Promise<UserRow> {
  const user = await tx.table('users').get({ ownerId, id });
  if (user === undefined) throw new AppError('not-found', 'There is no user by this id in the space.');
  return user;
}

/** A space nobody manages could never be managed again. */
async function keepOneHost(tx: SystemTx, user: UserRow): Promise<void> {
  if (user.role !== 'host' || user.disabledAt !== null) return;
  const hosts = await tx.table('users').count({ ownerId: user.ownerId, role: 'host', disabledAt: null });
  if (hosts < 2)
    throw new AppError('conflict', 'This is the last host of the space; make another one first.');
}

/** Members of a space, oldest first. */
export async function listUsers(deps: PeopleDeps, { ownerId }: Ctx): Promise<UserView[]> {
  return deps.ledger.system(async (tx) => {
    const rows = await tx.table('users').list({
      where: { ownerId },
      orderBy: [
        ['createdAt', 'asc'],
        ['id', 'asc'],
      ],
    });
    const ids = rows.map(({ id }) => id);
    const accounts = await tx.table('accounts').list({ where: { ownerId: SYSTEM_OWNER, id: { in: ids } } });
    const logins = new Map(accounts.map(({ id, login }) => [id, login]));
    return rows.map((row) => view(row, logins.get(row.id)));
  });
}

/** Adds a program as a user; it comes in by keys only. */
export async function createService(
  { by, name }: { readonly by: Access; readonly name: string },
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<UserView> {
  const row = { id: ctx.newId(), name, role: 'service', createdAt: ctx.now(), disabledAt: null } as const;
  await deps.ledger.forOwner(by.ownerId, async (tx) => {
    await tx.table('users').insert(row);
    await record(tx, by.ownerId, by, { event: 'service-added', subject: row.id });
  });
  return view(row, undefined);
}

/** Changes a role, or lets somebody in no more (or again). Errors: `not-found`, `conflict` (the last host; a person is no service). */
export async function changeUser(
  { by, id, role, disabled }: UserPatch & { readonly by: Access; readonly id: string },
  deps: PeopleDeps,
): Promise<UserView> {
  const changed = await deps.ledger.system(async (tx) => {
    const user = await memberOf(tx, by.ownerId, id);
    const disabledAt = disabled === undefined ? user.disabledAt : disabled ? tx.now : null;
    const next = { ...user, role: role ?? user.role, disabledAt };
    // Else a host could make the key of a person by turning them into a program for a moment.
    if ((next.role === 'service') !== (user.role === 'service'))
      throw new AppError('conflict', 'A person cannot become a service, nor a service a person.');
    if (next.role !== 'host' || disabledAt !== null) await keepOneHost(tx, user);
    await tx.table('users').update({ ownerId: by.ownerId, id }, { role: next.role, disabledAt });
    if (role !== undefined) await record(tx, by.ownerId, by, { event: `role-${role}`, subject: id });
    if (disabled !== undefined) {
      await record(tx, by.ownerId, by, { event: disabled ? 'user-disabled' : 'user-enabled', subject: id });
    }
    return view(next, await loginOfUser(tx, id));
  });
  deps.changed();
  return changed;
}

/** Who belongs nowhere any more has no use for a login. */
async function dropAccount(tx: SystemTx, id: string): Promise<void> {
  if ((await tx.table('users').count({ id })) > 0) return;
  await tx.table('accounts').remove({ ownerId: SYSTEM_OWNER, id });
  await tx.table('credentials').remove({ ownerId: SYSTEM_OWNER, userId: id });
}

/** Takes a member out of a space within a transaction, with their keys there. */
export async function dropMember(tx: SystemTx, ownerId: string, id: string): Promise<number> {
  await tx.table('users').remove({ ownerId, id });
  const keys = await tx.table('credentials').remove({ ownerId, userId: id });
  await dropAccount(tx, id);
  return keys;
}

/**
 * Removes a member with their keys, and with their login when they belong to no other space; what they said and uploaded
 * is the space's and stays. Errors: `not-found`, `conflict` (the last host).
 */
export async function removeUser(
  { by, id }: { readonly by: Access; readonly id: string },
  deps: PeopleDeps,
): Promise<{ ended: number }> {
  await deps.ledger.system(async (tx) => {
    await keepOneHost(tx, await memberOf(tx, by.ownerId, id));
    const keys = await dropMember(tx, by.ownerId, id);
    await record(tx, by.ownerId, by, { event: 'user-removed', subject: id, counts: { keys } });
  });
  deps.changed();
  return { ended: 1 };
}
