import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { Me, SpaceView } from '../wire/people.ts';
import { record } from './audit-log.ts';
import type { PeopleDeps } from './people-deps.ts';

/** The spaces somebody belongs to, the one they joined first ahead. */
export async function listSpaces({ userId }: Access, { ledger, home }: PeopleDeps): Promise<SpaceView[]> {
  return ledger.system(async (tx) => {
    const where = { id: userId, disabledAt: null };
    const users = await tx.table('users').list({ where, orderBy: [['createdAt', 'asc']] });
    const spaces = await tx.table('spaces').list({ where: { ownerId: { in: users.map((u) => u.ownerId) } } });
    const names = new Map(spaces.map(({ ownerId, name }) => [ownerId, name]));
    return users.map(({ ownerId, role }) => ({
      id: ownerId,
      name: names.get(ownerId) ?? '',
      role,
      home: ownerId === home,
    }));
  });
}

/** Makes a space with the caller as its host. Errors: `conflict` (name taken). */
export async function createSpace(
  { by, name }: { readonly by: Access; readonly name: string },
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<SpaceView> {
  const ownerId = ctx.newId();
  await deps.ledger.system(async (tx) => {
    if ((await tx.table('spaces').count({ name })) > 0) {
      throw new AppError('conflict', `There is a space ${name} already; choose another name.`);
    }
    const me = await tx.table('users').get({ ownerId: by.ownerId, id: by.userId });
    await tx.table('spaces').insert({ ownerId, name, createdAt: tx.now });
    const host = { id: by.userId, name: me?.name ?? name, role: 'host', disabledAt: null } as const;
    await tx.table('users').insert({ ...host, ownerId, createdAt: tx.now });
    await record(tx, by.ownerId, by, { event: 'space-created', subject: ownerId });
  });
  return { id: ownerId, name, role: 'host', home: false };
}

/** Who calls, in which space, and what they may do there. */
export async function whoAmI(by: Access, deps: PeopleDeps): Promise<Me> {
  const space = (await listSpaces(by, deps)).find(({ id }) => id === by.ownerId);
  if (space === undefined) throw new AppError('not-found', 'You belong to no such space.');
  const user = await deps.ledger.readsOf(by.ownerId).table('users').get({ id: by.userId });
  const account = await deps.ledger.readsOf(SYSTEM_OWNER).table('accounts').get({ id: by.userId });
  const login = account === undefined ? {} : { login: account.login };
  return { userId: by.userId, name: user?.name ?? '', space, actions: [...(by.actions ?? [])], ...login };
}
