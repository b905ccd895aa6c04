import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { aMessage, aSession, testId } from '../../../../test/fakes/wire-views.ts';

const { id } = aSession();
const whole = { session: aSession(), messages: [aMessage()] };
const script: Script = {
  listSessions: () => ({ items: [aSession()] }),
  getSession: () => aSession(),
  createSession: ({ body }) => aSession({ title: body.title ?? 'New' }),
  renameSession: ({ body }) => aSession({ title: body.title }),
  listMessages: () => ({
    items: [aMessage(), aMessage({ id: testId('face'), role: 'person', author: 'Maria', caption: 'a boat' })],
  }),
  exportSession: () => whole,
  deleteSession: () => ({ id, removed: { messages: 2 } }),
  deleteMessage: () => ({ id: aMessage().id, removed: {} }),
};

test('conversations are listed and searched', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['sessions'])).out).toMatch(/Boat trip +2 +chat +5 min ago/);
  await cli.run(['sessions', 'search', 'boat', 'trip', '--limit', '5']);
  expect(cli.api.to('listSessions')[1]).toEqual({ query: { limit: 5, query: 'boat trip' } });
});

test('a search shows the best message of each conversation with its id and time', async () => {
  const match = { messageId: aMessage().id, snippet: '…the boat left at nine', time: aMessage().time };
  await using cli = await bench({ listSessions: () => ({ items: [aSession({ match })] }) });
  const { out } = await cli.run(['sessions', 'search', 'boat']);
  expect(out).toContain(`${id}  Boat trip  2 messages, 5 min ago`);
  expect(out).toMatch(new RegExp(`2026.*  ${aMessage().id}\n {4}…the boat left at nine\n`));
});

test('the last messages are shown with speaker, words and pictures', async () => {
  await using cli = await bench(script);
  const { out } = await cli.run(['sessions', 'show', id, '--limit', '7']);
  expect(out).toMatch(/\nyou {2}.*\n {2}We leave at nine\./);
  expect(out).toMatch(/\nMaria {2}.*\n {2}We leave at nine\.\n {2}\[picture: a boat\]/);
  expect(cli.api.to('listMessages')).toMatchObject([{ query: { limit: 7, latest: true } }]);
});

test('a conversation is begun with its title and renamed', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['sessions', 'new', 'The', 'garden'])).out).toContain('The garden');
  expect((await cli.run(['sessions', 'rename', id, 'Sea', 'garden'])).out).toBe('Renamed to ‘Sea garden’.\n');
});

test('an export is JSON with and without --json', async () => {
  await using cli = await bench(script);
  expect(JSON.parse((await cli.run(['sessions', 'export', id])).out)).toEqual(whole);
  expect(JSON.parse((await cli.run(['sessions', 'export', id, '--json'])).out)).toEqual(whole);
});

test('a conversation and a message are forgotten only after a yes', async () => {
  await using cli = await bench(script);
  await cli.run(['sessions', 'delete', id], { terminal: true, typed: 'no\n' });
  await cli.run(['sessions', 'delete-message', id, aMessage().id]);
  expect(cli.api.calls.filter(({ route }) => route.startsWith('delete'))).toEqual([]);
  expect((await cli.run(['sessions', 'delete', id, '--yes'])).out).toBe('Forgotten: 2 messages.\n');
  await cli.run(['sessions', 'delete-message', id, aMessage().id.slice(0, 8), '--yes']);
  expect(cli.api.to('deleteMessage')).toEqual([{ params: { id, messageId: aMessage().id } }]);
});
