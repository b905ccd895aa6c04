import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import { endLogins, listLogins } from './browser-sessions.ts';
import { invite, listInvitations, revokeInvitation, takeInvitation } from './invitations.ts';
import { changeUser, removeUser } from './members.ts';
import { resetPassword } from './reset-password.ts';
import { changePassword, signIn } from './sign-in.ts';
import { createSpace } from './spaces.ts';

let room: Awaited<ReturnType<typeof peopleRoom>>;
beforeEach(async () => {
  room = await peopleRoom();
});
afterEach(() => room.ledger.close());

const password = 'long enough';
const refused = { code: 'unauthenticated', message: 'The login or the password is not right.' };
const signingIn = (login: string, secret = password) =>
  signIn({ login, password: secret }, room.deps, room.ctx);
const who = (secret: string) => room.identity.identify(secret);

describe('signing in', () => {
  test('begins a session of the user, whatever the capitals of the login', async () => {
    await room.member('editor', 'made@example.org');
    const { sessionSecret } = await signingIn(' Made@Example.org');
    expect(await who(sessionSecret)).toMatchObject({ role: 'editor', kind: 'session' });
  });

  test('says the same of a wrong password, an unknown login and a user who was disabled', async () => {
    await room.member('editor', 'made');
    await expect(signingIn('made', 'wrong password')).rejects.toMatchObject(refused);
    await expect(signingIn('nobody')).rejects.toMatchObject(refused);
    const { userId } = await who((await signingIn('made')).sessionSecret);
    await changeUser({ by: room.host, id: userId, disabled: true }, room.deps);
    await expect(signingIn('made')).rejects.toMatchObject(refused);
    expect((await room.events(SYSTEM_OWNER)).filter((event) => event === 'sign-in-refused')).toHaveLength(3);
  });

  test('is tried at most five times a minute for one login', async () => {
    for (let i = 0; i < 5; i++) await expect(signingIn('made', 'guess')).rejects.toMatchObject(refused);
    await expect(signingIn('MADE', 'guess')).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 12_000,
    });
    room.clock.advance(12_000);
    await expect(signingIn('made', 'guess')).rejects.toMatchObject(refused);
  });

  test('lets nobody in, and changes nothing, whose password is reset while it is checked', async () => {
    const by = await who((await room.member('editor', 'made')).sessionSecret);
    let now = '';
    const verify = async (given: string, stored: string) => {
      const right = await room.deps.passwords.verify(given, stored);
      now = (await resetPassword({ by: room.host, user: 'made' }, room.deps)).password;
      return right;
    };
    const deps = { ...room.deps, passwords: { ...room.deps.passwords, verify } };
    await expect(signIn({ login: 'made', password }, deps, room.ctx)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const change = { by, current: now, next: 'of the thief' };
    await expect(changePassword(change, deps)).rejects.toMatchObject(refused);
    await signingIn('made', now);
    const open = { kind: 'session', userId: by.userId, revokedAt: null } as const;
    expect(await room.ledger.system((tx) => tx.table('credentials').count(open))).toBe(1);
  });

  test('keeps neither password nor session secret', async () => {
    const { sessionSecret } = await room.member('editor', 'made');
    const rows = await room.ledger.system(async (tx) => [
      await tx.table('credentials').list(),
      await tx.table('auditEntries').list(),
    ]);
    expect(JSON.stringify(rows)).not.toContain(sessionSecret);
    expect(JSON.stringify(rows)).not.toContain(password);
  });
});

describe('browser sessions', () => {
  test('are listed and ended one by one, or all', async () => {
    const first = await room.member('viewer', 'made');
    const by = await who(first.sessionSecret);
    const second = await signingIn('made');
    expect(await listLogins(by, room.deps, room.ctx)).toMatchObject([{ current: expect.any(Boolean) }, {}]);
    await endLogins({ by, id: second.id }, room.deps);
    await expect(who(second.sessionSecret)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await endLogins({ by }, room.deps)).toEqual({ ended: 1 });
    await expect(who(first.sessionSecret)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('of others are not found', async () => {
    const made = await room.member('viewer', 'made');
    const by = await who((await room.member('viewer', 'ketut')).sessionSecret);
    await expect(endLogins({ by, id: made.id }, room.deps)).rejects.toMatchObject({ code: 'not-found' });
    expect(await who(made.sessionSecret)).toMatchObject({ role: 'viewer' });
  });
});

describe('a password', () => {
  test('is changed by who knows it, and every other session ends', async () => {
    const first = await room.member('viewer', 'made');
    const other = await signingIn('made');
    const by = await who(first.sessionSecret);
    await expect(
      changePassword({ by, current: 'wrong', next: 'a new long one' }, room.deps),
    ).rejects.toMatchObject(refused);
    const change = { by, current: password, next: 'a new long one' };
    expect(await changePassword(change, room.deps)).toEqual({ ended: 1 });
    expect(await who(first.sessionSecret)).toMatchObject({ role: 'viewer' });
    await expect(who(other.sessionSecret)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(signingIn('made')).rejects.toMatchObject(refused);
    await signingIn('made', 'a new long one');
  });

  test('that was lost is given anew by the host, and ends every session', async () => {
    const { sessionSecret } = await room.member('viewer', 'made');
    const made = await resetPassword({ by: room.host, user: 'Made' }, room.deps);
    expect(made).toMatchObject({ login: 'made', password: expect.stringMatching(/^(\w{5}-){3}\w{5}$/) });
    await expect(who(sessionSecret)).rejects.toMatchObject({ code: 'unauthenticated' });
    await signingIn('made', made.password);
  });

  test('is given to the first host, who had no login', async () => {
    const made = await resetPassword({ by: room.host, user: 'owner', login: 'Wayan' }, room.deps);
    const { sessionSecret } = await signingIn('wayan', made.password);
    expect(await who(sessionSecret)).toMatchObject({ userId: room.host.userId, role: 'host' });
  });

  test('of oneself is not given anew to a browser, that of others is', async () => {
    const { sessionSecret } = await room.member('host', 'ketut');
    await room.member('viewer', 'made');
    const by = await who(sessionSecret);
    await expect(resetPassword({ by, user: 'ketut' }, room.deps)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await signingIn('ketut');
    const made = await resetPassword({ by, user: 'made' }, room.deps);
    await signingIn('made', made.password);
    const token = await who(room.token() ?? '');
    await resetPassword({ by: token, user: 'owner', login: 'wayan' }, room.deps);
  });

  test('is not given under a login of somebody else', async () => {
    await room.member('viewer', 'made');
    await expect(
      resetPassword({ by: room.host, user: 'owner', login: 'made' }, room.deps),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('an invitation', () => {
  const inviting = () =>
    invite({ by: room.host, name: 'Made', role: 'viewer', hours: 1 }, room.deps, room.ctx);
  const taking = (secret: string, login: string) =>
    takeInvitation({ secret, login, password }, room.deps, room.ctx);

  test('works once', async () => {
    const { secret } = await inviting();
    expect(await who((await taking(secret, 'made')).sessionSecret)).toMatchObject({ role: 'viewer' });
    await expect(taking(secret, 'ketut')).rejects.toMatchObject({ code: 'not-found' });
    expect(await room.events()).toEqual(expect.arrayContaining(['invited-viewer', 'invitation-taken']));
  });

  test('works for an hour, and not after it was taken back', async () => {
    const late = await inviting();
    const back = await inviting();
    expect(await listInvitations(room.deps, room.ctx)).toHaveLength(2);
    await revokeInvitation({ by: room.host, id: back.id }, room.deps);
    await expect(taking(back.secret, 'made')).rejects.toMatchObject({ code: 'not-found' });
    room.clock.advance(60 * 60_000);
    await expect(taking(late.secret, 'made')).rejects.toMatchObject({ code: 'not-found' });
    expect(await listInvitations(room.deps, room.ctx)).toEqual([]);
  });

  test.each(['demoted', 'disabled', 'removed'])(
    'is as unknown as any once its maker is no host any more: %s',
    async (event) => {
      const by = await who((await room.member('host', 'ketut')).sessionSecret);
      const wish = { by, name: 'Made', role: 'host', hours: 1 } as const;
      const { secret } = await invite(wish, room.deps, room.ctx);
      expect(await listInvitations(room.deps, room.ctx)).toHaveLength(1);
      const change = { by: room.host, id: by.userId };
      if (event === 'demoted') await changeUser({ ...change, role: 'editor' }, room.deps);
      if (event === 'disabled') await changeUser({ ...change, disabled: true }, room.deps);
      if (event === 'removed') await removeUser(change, room.deps);
      const unknown = await taking('made up', 'made').catch((error: unknown) => error);
      expect(unknown).toMatchObject({ code: 'not-found' });
      await expect(taking(secret, 'made')).rejects.toEqual(unknown);
      expect(await listInvitations(room.deps, room.ctx)).toEqual([]);
    },
  );

  test('is no secret to come in with', async () => {
    const { secret } = await inviting();
    await expect(who(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('brings somebody with a login here into one more space, only with their password', async () => {
    const first = await who((await room.member('viewer', 'made')).sessionSecret);
    const team = await createSpace({ by: room.host, name: 'team' }, room.deps, room.ctx);
    const by = { ownerId: team.id, userId: room.host.userId };
    const { secret } = await invite({ by, name: 'M', role: 'editor', hours: 1 }, room.deps, room.ctx);
    const wrong = { secret, login: 'made', password: 'not theirs' };
    await expect(takeInvitation(wrong, room.deps, room.ctx)).rejects.toMatchObject(refused);
    const { sessionSecret } = await taking(secret, 'made');
    expect(await room.identity.identify(sessionSecret, 'team')).toMatchObject({
      userId: first.userId,
      role: 'editor',
    });
    expect(await who(sessionSecret)).toMatchObject({ ownerId: first.ownerId, role: 'viewer' });
  });
});
