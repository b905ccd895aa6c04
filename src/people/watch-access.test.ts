import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../test/fakes/eventually.ts';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import { silentLog } from '../core/context.ts';
import { endLogins } from './browser-sessions.ts';
import { createKey, revokeKey } from './keys.ts';
import { changeUser, removeUser } from './members.ts';
import { type AccessWatch, accessWatch } from './watch-access.ts';

let room: Awaited<ReturnType<typeof peopleRoom>>;
let watch: AccessWatch;
beforeEach(async () => {
  room = await peopleRoom();
  watch = accessWatch({ identity: room.identity, timers: room.clock, log: silentLog });
});
afterEach(async () => {
  await watch.close();
  await room.ledger.close();
});

/** Moves time on within the promise of five seconds, one look after the other. */
async function fiveSeconds(signal: AbortSignal): Promise<void> {
  for (let i = 0; i < 2 && !signal.aborted; i++) {
    room.clock.advance(2_000);
    await eventually(() => signal.aborted || room.clock.waiting() > 0);
  }
}

const opened = async (secret: string) => {
  const access = await room.admit(secret, 'memory:read');
  return watch.watch(access, 'memory:read');
};

describe('what is open', () => {
  test('ends within five seconds when its session is ended, its user removed or disabled', async () => {
    const ways = [
      async (userId: string) => endLogins({ by: { ownerId: room.host.ownerId, userId } }, room.deps),
      async (id: string) => removeUser({ by: room.host, id }, room.deps),
      async (id: string) => changeUser({ by: room.host, id, disabled: true }, room.deps),
    ];
    for (const [i, way] of ways.entries()) {
      const { sessionSecret } = await room.member('editor', `made${i}`);
      const { signal } = await opened(sessionSecret);
      await way((await room.identity.identify(sessionSecret)).userId);
      await fiveSeconds(signal);
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toMatchObject({ code: 'unauthenticated' });
    }
  });

  test('ends when its key is revoked, while what another key opened goes on', async () => {
    const by = room.host;
    const key = () => createKey({ by, userId: by.userId, name: 'bot' }, room.deps, room.ctx);
    const [one, two] = [await key(), await key()];
    const [first, second] = [await opened(one.secret), await opened(two.secret)];
    await revokeKey({ by, id: one.id }, room.deps);
    await fiveSeconds(first.signal);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);
  });

  test('ends when the role no longer lets its user do it, not at any other change', async () => {
    const { sessionSecret } = await room.member('editor', 'made');
    const { userId: id } = await room.identity.identify(sessionSecret);
    const writing = watch.watch(await room.admit(sessionSecret, 'memory:write'), 'memory:write');
    const reading = await opened(sessionSecret);
    await changeUser({ by: room.host, id, role: 'viewer' }, room.deps);
    await fiveSeconds(writing.signal);
    expect([writing.signal.aborted, reading.signal.aborted]).toEqual([true, false]);
  });

  test('is not looked after once it has ended', async () => {
    const watched = await opened(room.token() ?? '');
    expect(room.clock.waiting()).toBe(1);
    watched.end();
    room.clock.advance(2_000);
    await eventually(() => room.clock.waiting() === 0);
  });
});
