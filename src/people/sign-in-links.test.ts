import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import { endLogins } from './browser-sessions.ts';
import { changeUser } from './members.ts';
import { resetPassword } from './reset-password.ts';
import { makeSignInLink } from './sign-in-links.ts';
import { changePassword, signIn } from './sign-in.ts';

let room: Awaited<ReturnType<typeof peopleRoom>>;
beforeEach(async () => {
  room = await peopleRoom();
});
afterEach(() => room.ledger.close());

const made = async (by = room.host) => (await makeSignInLink({ by }, room.deps, room.ctx)).secret;
const taking = (link: string) => signIn({ link }, room.deps, room.ctx);
const who = (secret: string) => room.identity.identify(secret);
const refused = { code: 'unauthenticated' };

describe('a sign-in link', () => {
  test('signs in as who made it, once, and both are written down', async () => {
    const link = await made();
    const { sessionSecret } = await taking(link);
    expect(await who(sessionSecret)).toMatchObject({ userId: room.host.userId, kind: 'session' });
    await expect(taking(link)).rejects.toMatchObject(refused);
    expect(await room.events()).toEqual(expect.arrayContaining(['sign-in-link-made', 'signed-in']));
    expect(await room.events(SYSTEM_OWNER)).toContain('sign-in-refused');
  });

  test('is taken by one of many who try at once', async () => {
    const link = await made();
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => taking(link)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('works for five minutes', async () => {
    const [early, late] = [await made(), (await room.member('viewer', 'made')).sessionSecret];
    room.clock.advance(5 * 60_000 - 1);
    const link = await made(await who(late));
    await taking(early);
    room.clock.advance(5 * 60_000);
    await expect(taking(link)).rejects.toMatchObject(refused);
  });

  test('is no secret to come in with, and is kept as a hash only', async () => {
    const link = await made();
    await expect(who(link)).rejects.toMatchObject(refused);
    const rows = await room.ledger.system((tx) => tx.table('credentials').list());
    expect(JSON.stringify(rows)).not.toContain(link);
  });

  test('ends when its maker makes another', async () => {
    const [first, second] = [await made(), await made()];
    await expect(taking(first)).rejects.toMatchObject(refused);
    await taking(second);
  });

  test.each(['reset', 'change', 'sign out everywhere', 'disabled'])(
    'lets nobody in after what locks somebody out: %s',
    async (event) => {
      const by = await who((await room.member('viewer', 'made')).sessionSecret);
      const link = await made(by);
      const next = { current: 'long enough', next: 'a new long one' };
      if (event === 'reset') await resetPassword({ by: room.host, user: 'made' }, room.deps);
      if (event === 'change') await changePassword({ by, ...next }, room.deps);
      if (event === 'sign out everywhere') await endLogins({ by }, room.deps);
      if (event === 'disabled') await changeUser({ by: room.host, id: by.userId, disabled: true }, room.deps);
      await expect(taking(link)).rejects.toMatchObject(refused);
    },
  );
});
