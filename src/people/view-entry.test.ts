import { afterEach, beforeEach, expect, test } from 'vitest';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import { invite, revokeInvitation, takeInvitation } from './invitations.ts';
import { changeUser } from './members.ts';
import { makeSignInLink } from './sign-in-links.ts';
import { signIn } from './sign-in.ts';
import { createSpace } from './spaces.ts';
import { viewEntry } from './view-entry.ts';

let room: Awaited<ReturnType<typeof peopleRoom>>;
beforeEach(async () => {
  room = await peopleRoom();
});
afterEach(() => room.ledger.close());

const viewing = (secret: string) => viewEntry({ secret }, room.deps);

test('a link tells whom it signs in and where, and is not used up by that', async () => {
  const { secret } = await makeSignInLink({ by: room.host }, room.deps, room.ctx);
  for (let i = 0; i < 2; i++) {
    expect(await viewing(secret)).toEqual({ kind: 'link', name: 'owner', space: 'home' });
  }
  await signIn({ link: secret }, room.deps, room.ctx);
  await expect(viewing(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a link of somebody who was disabled tells nothing', async () => {
  const { sessionSecret } = await room.member('viewer', 'made');
  const by = await room.identity.identify(sessionSecret);
  const { secret } = await makeSignInLink({ by }, room.deps, room.ctx);
  await changeUser({ by: room.host, id: by.userId, disabled: true }, room.deps);
  await expect(viewing(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('an invitation tells who invites whom, where and as what, until it is taken or taken back', async () => {
  const team = await createSpace({ by: room.host, name: 'team' }, room.deps, room.ctx);
  const by = { ownerId: team.id, userId: room.host.userId };
  const inviting = () => invite({ by, name: 'Made', role: 'editor', hours: 1 }, room.deps, room.ctx);
  const [taken, back] = [await inviting(), await inviting()];
  expect(await viewing(taken.secret)).toEqual({
    kind: 'invitation',
    name: 'Made',
    space: 'team',
    role: 'editor',
    by: 'owner',
    expiresAt: taken.expiresAt,
  });
  const newcomer = { secret: taken.secret, login: 'made', password: 'long enough' };
  await takeInvitation(newcomer, room.deps, room.ctx);
  await revokeInvitation({ by, id: back.id }, room.deps);
  for (const { secret } of [taken, back]) {
    await expect(viewing(secret)).rejects.toMatchObject({ code: 'not-found' });
  }
});
