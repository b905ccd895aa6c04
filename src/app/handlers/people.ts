import { newSecret } from '../../adapters/connections/token-file.ts';
import { endLogins, listLogins } from '../../people/browser-sessions.ts';
import { renewToken } from '../../people/first-start.ts';
import { invite, listInvitations, revokeInvitation, takeInvitation } from '../../people/invitations.ts';
import { createKey, listKeys, revokeKey } from '../../people/keys.ts';
import { changeUser, createService, listUsers, removeUser } from '../../people/members.ts';
import { resetPassword } from '../../people/reset-password.ts';
import { changePassword, signIn } from '../../people/sign-in.ts';
import { makeSignInLink } from '../../people/sign-in-links.ts';
import { createSpace, listSpaces, whoAmI } from '../../people/spaces.ts';
import { viewEntry } from '../../people/view-entry.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';

function accountHandlers({ people: { deps }, within }: Bound) {
  return {
    signIn: (access, { body }, signal) => signIn(body, deps, within(access, signal)),
    viewEntry: (_access, { body }) => viewEntry(body, deps),
    makeSignInLink: (by, _input, signal) => makeSignInLink({ by }, deps, within(by, signal)),
    takeInvitation: (access, { body }, signal) => takeInvitation(body, deps, within(access, signal)),
    signOut: (by) => endLogins({ by, id: by.credentialId ?? '' }, deps),
    me: (by) => whoAmI(by, deps),
    changePassword: (by, { body }) => changePassword({ ...body, by }, deps),
    async listLogins(by, _input, signal) {
      return { sessions: await listLogins(by, deps, within(by, signal)) };
    },
    endLogin: (by, { params }) => endLogins({ ...params, by }, deps),
    endLogins: (by) => endLogins({ by }, deps),
    async listSpaces(by) {
      return { spaces: await listSpaces(by, deps) };
    },
    async listOwnKeys(by, _input, signal) {
      return { keys: await listKeys({ userId: by.userId }, deps, within(by, signal)) };
    },
    createOwnKey: (by, { body }, signal) =>
      createKey({ ...body, by, userId: by.userId }, deps, within(by, signal)),
    revokeOwnKey: (by, { params }) => revokeKey({ ...params, by, userId: by.userId }, deps),
  } satisfies Partial<Handlers>;
}

export function peopleHandlers(bound: Bound) {
  const { people, within, services, embedders } = bound;
  const { deps, keepToken } = people;
  return {
    ...accountHandlers(bound),
    async listUsers(by, _input, signal) {
      return { users: await listUsers(deps, within(by, signal)) };
    },
    createService: (by, { body }, signal) => createService({ ...body, by }, deps, within(by, signal)),
    changeUser: (by, { params, body }) => changeUser({ ...body, ...params, by }, deps),
    removeUser: (by, { params }) => removeUser({ ...params, by }, deps),
    inviteUser: (by, { body }, signal) => invite({ ...body, by }, deps, within(by, signal)),
    async listInvitations(by, _input, signal) {
      return { invitations: await listInvitations(deps, within(by, signal)) };
    },
    revokeInvitation: (by, { params }) => revokeInvitation({ ...params, by }, deps),
    async listKeys(by, _input, signal) {
      return { keys: await listKeys({}, deps, within(by, signal)) };
    },
    createKey: (by, { params, body }, signal) =>
      createKey({ ...body, by, userId: params.id }, deps, within(by, signal)),
    revokeKey: (by, { params }) => revokeKey({ ...params, by }, deps),
    async createSpace(by, { body }, signal) {
      const space = await createSpace({ ...body, by }, deps, within(by, signal));
      await embedders.shareWith(space.id, by.ownerId);
      return space;
    },
    resetPassword: (by, { body }) => resetPassword({ ...body, by }, deps),
    async renewToken(by) {
      await renewToken({ ...services, newSecret, keepToken }, by);
      deps.changed();
      return { ended: 1 };
    },
  } satisfies Partial<Handlers>;
}
