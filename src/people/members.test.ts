import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import type { AppError } from '../core/errors.ts';
import { Role } from '../wire/people.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { changeUser, createService, listUsers, removeUser } from './members.ts';
import { createSpace } from './spaces.ts';

let room: Awaited<ReturnType<typeof peopleRoom>>;
beforeEach(async () => {
  room = await peopleRoom();
});
afterEach(() => room.ledger.close());

const nobody = { code: 'unauthenticated' };
const joined = async (login: string, role: 'host' | 'editor' | 'viewer' = 'editor') => {
  const { sessionSecret } = await room.member(role, login);
  return { ...(await room.identity.identify(sessionSecret)), sessionSecret };
};

describe('a member', () => {
  test('is listed with login and role, and loses rights the moment the role changes', async () => {
    room.clock.advance(1);
    const made = await joined('made');
    expect(await listUsers(room.deps, room.ctx)).toMatchObject([
      { name: 'owner', role: 'host' },
      { login: 'made', role: 'editor', disabled: false },
    ]);
    await changeUser({ by: room.host, id: made.userId, role: 'viewer' }, room.deps);
    expect(await room.identity.identify(made.sessionSecret)).toMatchObject({ role: 'viewer' });
  });

  test('who was removed comes in neither by session nor by key, and their login is gone', async () => {
    const made = await joined('made');
    const key = await createKey({ by: made, userId: made.userId, name: 'phone' }, room.deps, room.ctx);
    await removeUser({ by: room.host, id: made.userId }, room.deps);
    await expect(room.identity.identify(made.sessionSecret)).rejects.toMatchObject(nobody);
    await expect(room.identity.identify(key.secret)).rejects.toMatchObject(nobody);
    expect(await room.ledger.system((tx) => tx.table('accounts').count())).toBe(0);
  });

  test('of another space is not found', async () => {
    const made = await joined('made');
    const team = await createSpace({ by: room.host, name: 'team' }, room.deps, room.ctx);
    const by = { ownerId: team.id, userId: room.host.userId };
    const change = { by, id: made.userId, role: 'viewer' } as const;
    await expect(changeUser(change, room.deps)).rejects.toMatchObject({ code: 'not-found' });
    await expect(removeUser(change, room.deps)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a space', () => {
  test('keeps an enabled host, whatever is done to its members in whatever order', async () => {
    const step = fc.record({
      member: fc.nat(2),
      act: fc.oneof(
        fc.record({ role: fc.constantFrom(...Role.options) }),
        fc.record({ disabled: fc.boolean() }),
        fc.constant('remove' as const),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const own = await peopleRoom();
        const by = own.host;
        await own.member('host', 'made');
        await own.member('viewer', 'ketut');
        const ids = (await listUsers(own.deps, own.ctx)).map(({ id }) => id);
        for (const { member, act } of steps) {
          const id = ids[member] ?? '';
          const doing =
            act === 'remove' ? removeUser({ by, id }, own.deps) : changeUser({ by, id, ...act }, own.deps);
          const outcome = await doing.then(
            () => 'done',
            (error: unknown) => (error as AppError).code,
          );
          // The last host and members who are gone are refused; what counts is what is left.
          expect(['done', 'conflict', 'not-found']).toContain(outcome);
          const left = await listUsers(own.deps, own.ctx);
          expect(left.some(({ role, disabled }) => role === 'host' && !disabled)).toBe(true);
        }
        await own.ledger.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('a key', () => {
  const made = (name: string, changes = {}) =>
    createKey({ by: room.host, userId: room.host.userId, name, ...changes }, room.deps, room.ctx);

  test('is shown once: the list has its first characters and what it may do', async () => {
    const { secret } = await made('bot', { scopes: ['memory:read'], days: 1 });
    const listed = await listKeys({}, room.deps, room.ctx);
    expect(listed).toMatchObject([{ name: 'bot', prefix: secret.slice(0, 13), scopes: ['memory:read'] }]);
    expect(JSON.stringify(listed)).not.toContain(secret);
  });

  test('that is revoked takes no other with it', async () => {
    const keys = [await made('one'), await made('two'), await made('three')];
    await revokeKey({ by: room.host, id: keys[2]?.id ?? '' }, room.deps);
    expect((await listKeys({}, room.deps, room.ctx)).map(({ name }) => name).sort()).toEqual(['one', 'two']);
    expect(await room.identity.identify(keys[0]?.secret)).toMatchObject(room.host);
  });

  test('of a person is made by that person; a host makes those of services', async () => {
    const person = await joined('made');
    const service = await createService({ by: room.host, name: 'importer' }, room.deps, room.ctx);
    await expect(made('spy', { userId: person.userId })).rejects.toMatchObject({ code: 'forbidden' });
    const disguise = { by: room.host, id: person.userId, role: 'service' } as const;
    await expect(changeUser(disguise, room.deps)).rejects.toMatchObject({ code: 'conflict' });
    const { secret } = await made('importer', { userId: service.id });
    expect(await room.identity.identify(secret)).toMatchObject({ userId: service.id, role: 'service' });
  });

  test('of somebody else cannot be revoked as one’s own', async () => {
    const person = await joined('made');
    const key = await made('bot');
    const revoking = revokeKey({ by: person, id: key.id, userId: person.userId }, room.deps);
    await expect(revoking).rejects.toMatchObject({ code: 'not-found' });
    expect(await room.identity.identify(key.secret)).toMatchObject(room.host);
  });
});
