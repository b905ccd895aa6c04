import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import { sha256 } from '../core/ids.ts';
import { createKey, revokeKey } from './keys.ts';
import { createSpace } from './spaces.ts';

let room: Awaited<ReturnType<typeof peopleRoom>>;
beforeEach(async () => {
  room = await peopleRoom();
});
afterEach(() => room.ledger.close());

const HOUR_MS = 60 * 60_000;
const nobody = { code: 'unauthenticated' };
const identify = (secret: string | undefined, space?: string) => room.identity.identify(secret, space);

describe('the first start', () => {
  test('creates one owner with a token, and a later one changes nothing', async () => {
    const token = room.token();
    expect(await room.start()).toEqual(room.host);
    expect(room.token()).toBe(token);
    expect(await room.ledger.system((tx) => tx.table('users').count())).toBe(1);
  });

  test('never stores the token itself', async () => {
    const rows = await room.ledger.system((tx) => tx.table('credentials').list());
    expect(rows).toMatchObject([{ hash: sha256(room.token() ?? '') }]);
    expect(JSON.stringify(rows)).not.toContain('secret1');
  });

  test('a lost token file gets a new token, and the lost one opens nothing any more', async () => {
    const lost = room.token();
    room.loseToken();
    await room.start();
    expect(await identify(room.token())).toMatchObject({ ...room.host, role: 'host' });
    await expect(identify(lost)).rejects.toMatchObject(nobody);
  });

  test('a token whose user is no host any more is replaced by one of a host', async () => {
    const { userId } = await room.ledger.system(async (tx) => {
      await tx.table('users').update({ id: room.host.userId }, { role: 'viewer' });
      const next = { ownerId: room.host.ownerId, id: 'next', name: 'n', role: 'host', createdAt: 1 } as const;
      await tx.table('users').insert({ ...next, disabledAt: null });
      return { userId: next.id };
    });
    const before = room.token();
    await room.start();
    expect(room.token()).not.toBe(before);
    expect(await identify(room.token())).toMatchObject({ userId, role: 'host' });
  });
});

describe('a secret', () => {
  test.each([undefined, '', 'jiwa_', 'jiwa_secret-2'])('%j is nobody', async (secret) => {
    await expect(identify(secret)).rejects.toMatchObject(nobody);
  });

  test('that another process revoked stops working within two seconds', async () => {
    await identify(room.token());
    await room.ledger.system((tx) => tx.table('credentials').update({}, { revokedAt: tx.now }));
    room.clock.advance(2_001);
    await expect(identify(room.token())).rejects.toMatchObject(nobody);
  });

  test('that was revoked here stops working at once', async () => {
    const by = room.host;
    const key = await createKey({ by, userId: by.userId, name: 'bot' }, room.deps, room.ctx);
    await identify(key.secret);
    await revokeKey({ by, id: key.id }, room.deps);
    await expect(identify(key.secret)).rejects.toMatchObject(nobody);
    expect(await identify(room.token())).toMatchObject(by);
  });

  test('that has expired is nobody', async () => {
    const by = room.host;
    const key = await createKey({ by, userId: by.userId, name: 'bot', days: 1 }, room.deps, room.ctx);
    expect(await identify(key.secret)).toMatchObject({ kind: 'key' });
    room.clock.advance(24 * HOUR_MS);
    await expect(identify(key.secret)).rejects.toMatchObject(nobody);
  });

  test('tells when it was last used, to the minute', async () => {
    const [row] = await room.ledger.system(async (tx) => {
      await tx.table('credentials').update({}, { lastUsedAt: null });
      return tx.table('credentials').list();
    });
    expect(row?.lastUsedAt).toBeNull();
    await identify(room.token());
    const used = await room.ledger.system((tx) => tx.table('credentials').list());
    expect(used).toMatchObject([{ lastUsedAt: room.clock.now() }]);
  });
});

describe('a browser session', () => {
  test('ends after twelve hours without use, and after thirty days with it', async () => {
    const { sessionSecret } = await room.member('viewer', 'made');
    for (let hours = 0; hours < 30 * 24; hours += 11) {
      expect(await identify(sessionSecret)).toMatchObject({ role: 'viewer' });
      room.clock.advance(11 * HOUR_MS);
    }
    await expect(identify(sessionSecret)).rejects.toMatchObject(nobody);
    const { sessionSecret: idle } = await room.member('viewer', 'ketut');
    room.clock.advance(12 * HOUR_MS);
    await expect(identify(idle)).rejects.toMatchObject(nobody);
  });
});

describe('a space that is named', () => {
  test('is where a person with several spaces acts, by its id or name', async () => {
    const team = await createSpace({ by: room.host, name: 'team' }, room.deps, room.ctx);
    expect(await identify(room.token(), 'team')).toMatchObject({ ownerId: team.id, atHome: false });
    expect(await identify(room.token(), team.id)).toMatchObject({ ownerId: team.id });
    expect(await identify(room.token())).toMatchObject({ ownerId: room.host.ownerId, atHome: true });
  });

  test('is not found by who does not belong to it, and by a key of another one', async () => {
    const team = await createSpace({ by: room.host, name: 'team' }, room.deps, room.ctx);
    const { sessionSecret } = await room.member('editor', 'made');
    const by = room.host;
    const key = await createKey({ by, userId: by.userId, name: 'bot' }, room.deps, room.ctx);
    for (const secret of [sessionSecret, key.secret]) {
      for (const space of ['team', team.id, 'nowhere']) {
        await expect(identify(secret, space)).rejects.toMatchObject({ code: 'not-found' });
      }
    }
  });
});
