import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { testId } from '../../../../test/fakes/wire-views.ts';
import { EXIT } from '../exit-code.ts';

const id = testId('face');
const user = { id, name: 'Made', role: 'editor' as const, login: 'made', disabled: false, createdAt: 1 };
const key = { id, userId: id, name: 'phone', prefix: 'jiwa_key_ab12', createdAt: 1 };
const space = { id, name: 'home', role: 'host' as const, home: true };
const entry = { seq: 7, at: 1, event: 'key-created', outcome: 'done' as const, hash: 'ab'.repeat(32) };
const script: Script = {
  listUsers: () => ({ users: [user] }),
  createService: ({ body }) => ({ ...user, ...body, role: 'service' }),
  changeUser: ({ body }) => ({
    ...user,
    ...(body.role && { role: body.role }),
    disabled: body.disabled === true,
  }),
  removeUser: () => ({ ended: 1 }),
  inviteUser: ({ body }) => ({
    id,
    name: body.name,
    role: body.role,
    expiresAt: Date.UTC(2026, 4, 4, 12),
    secret: 'jiwa_invitation_x',
  }),
  listInvitations: () => ({ invitations: [{ id, name: 'Ketut', role: 'viewer', expiresAt: 2 }] }),
  revokeInvitation: () => ({ ended: 1 }),
  listSpaces: () => ({ spaces: [space] }),
  createSpace: ({ body }) => ({ ...space, name: body.name }),
  listKeys: () => ({ keys: [key] }),
  createOwnKey: ({ body }) => ({ ...key, ...body, secret: 'jiwa_key_ab12secret' }),
  createKey: ({ body }) => ({ ...key, ...body, secret: 'jiwa_key_ab12secret' }),
  revokeKey: () => ({ ended: 1 }),
  listAudit: () => ({ items: [entry] }),
  verifyAudit: () => ({ ok: true, entries: 7, head: entry.hash }),
  me: () => ({ userId: id, name: 'owner', space, actions: [] }),
  exportSpace: () => new Uint8Array([1, 2, 3]),
  resetPassword: ({ body }) => ({ login: body.login ?? body.user, password: 'abcde-fghij' }),
  renewToken: () => ({ ended: 1 }),
};

test('members are listed, invited, changed and removed, by the first digits of their id', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['users'])).out).toMatch(/Made +editor +made/);
  const invited = await cli.run(['users', 'invite', 'Ketut', '--role', 'viewer']);
  expect(invited.out).toContain(`${cli.api.url}/#invitation=jiwa_invitation_x\n`);
  expect(invited.out).toContain('until 4 May 2026, ');
  expect(cli.api.to('inviteUser')).toEqual([{ body: { name: 'Ketut', role: 'viewer', hours: 72 } }]);
  expect((await cli.run(['users', 'role', id.slice(0, 8), 'viewer'])).out).toBe('Made is viewer.\n');
  expect((await cli.run(['users', 'disable', id])).out).toBe('Made may not come in.\n');
  expect((await cli.run(['users', 'enable', id])).out).toBe('Made is editor.\n');
  expect((await cli.run(['users', 'invitations'])).out).toContain('Ketut');
  expect((await cli.run(['users', 'uninvite', id.slice(0, 8)])).code).toBe(EXIT.ok);
  expect((await cli.run(['users', 'remove', id])).code).toBe(EXIT.usage);
  expect((await cli.run(['users', 'remove', id, '--yes'])).code).toBe(EXIT.ok);
});

test('the link of an invitation stands in JSON, too, and leads to the server that will run where none does', async () => {
  await using cli = await bench(script);
  const { out } = await cli.run(['users', 'invite', 'Ketut', '--json'], { opened: true });
  expect(JSON.parse(out)).toMatchObject({ link: 'http://127.0.0.1:7411/#invitation=jiwa_invitation_x' });
});

test('a key is made for oneself or for a service, and its secret shown', async () => {
  await using cli = await bench(script);
  const own = await cli.run(['keys', 'create', 'phone', '--may', 'memory:read', '--days', '9']);
  expect(own.out).toContain('jiwa_key_ab12secret');
  expect(cli.api.to('createOwnKey')).toEqual([{ body: { name: 'phone', scopes: ['memory:read'], days: 9 } }]);
  await cli.run(['users', 'service', 'importer']);
  await cli.run(['keys', 'create', 'importer', '--user', id.slice(0, 8)]);
  expect(cli.api.to('createKey')).toEqual([{ params: { id }, body: { name: 'importer' } }]);
  expect((await cli.run(['keys'])).out).toMatch(/phone +jiwa_key_ab12… +all its user may +never/);
  expect((await cli.run(['keys', 'revoke', id.slice(0, 8)])).out).toBe('The key opens nothing any more.\n');
  expect((await cli.run(['keys', 'create', 'x', '--may', 'space:erase'])).code).toBe(EXIT.usage);
});

test('the audit log is shown and checked; a change in it is exit code 1', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['audit', 'list', '--installation'])).out).toContain('key-created');
  expect(cli.api.to('listAudit')).toMatchObject([{ query: { log: 'installation' } }]);
  expect((await cli.run(['audit', 'verify'])).out).toContain('7 entries');
  const problem = 'entry 3 was changed';
  await using broken = await bench({ verifyAudit: () => ({ ok: false, entries: 2, head: 'x', problem }) });
  expect(await broken.run(['audit', 'verify'])).toMatchObject({
    code: EXIT.failed,
    out: expect.stringContaining(problem),
  });
});

test('a command works in the space that is named', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['spaces', 'create', 'team'])).out).toContain('--space');
  expect((await cli.run(['spaces', '--space', 'штаб'])).out).toContain('home');
});

test('a space is exported to a file that is not there yet', async () => {
  await using cli = await bench(script);
  const file = `${cli.folder}/all.tar`;
  expect((await cli.run(['export', file])).out).toBe(`Saved as ${file} (3 B).\n`);
  expect((await cli.run(['export', file])).code).toBe(EXIT.failed);
});

test('a password and the token have a way back from this terminal', async () => {
  await using cli = await bench(script);
  const reset = await cli.run(['reset-password', 'owner', '--login', 'wayan']);
  expect(reset.out).toMatch(/login +wayan\npassword +abcde-fghij/);
  expect((await cli.run(['token', '--new'])).out).toContain('the old one has ended');
  expect(cli.api.to('renewToken')).toHaveLength(1);
});

test('nothing is erased where nobody can be asked and nobody said yes', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['erase', 'home'])).code).toBe(EXIT.usage);
  expect(cli.api.to('eraseSpace')).toEqual([]);
});
