import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { aMessage, anAnswer, aSession, testId } from '../../../../test/fakes/wire-views.ts';
import type { AnswerEvent } from '../../../wire/sessions.ts';

const { id } = aSession();
const messageId = aMessage().id;
const events = (): AnswerEvent[] => [
  { kind: 'answer-start', messageId: testId('a') },
  { kind: 'answer-delta', text: 'The lease ends.' },
  { kind: 'answer-end', message: aMessage({ role: 'assistant' }), answer: anAnswer() },
];
const script: Script = {
  listMessages: () => ({ items: [aMessage()] }),
  regenerate: events,
  editMessage: events,
  chooseLeaf: () => aSession({ leafId: messageId }),
  branchSession: ({ body }) => aSession({ title: body.title ?? 'Boat trip' }),
};

test('an answer is made again, as it is wanted', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['sessions', 'regenerate', id, messageId.slice(0, 8), '--mode', 'pikiran']);
  expect(ran.out).toMatch(/^The lease ends\.\n\n\[1\] lease\.pdf/);
  expect(cli.api.to('regenerate')).toMatchObject([{ params: { id: messageId }, body: { mode: 'pikiran' } }]);
  expect(cli.api.to('listMessages')).toMatchObject([{ query: { all: true } }]);
});

test('a message is said differently', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['sessions', 'edit', id, messageId, 'When', 'then?', '--persona', 'guru']);
  expect(ran.out).toContain('The lease ends.');
  expect(cli.api.to('editMessage')).toMatchObject([{ body: { text: 'When then?', persona: 'guru' } }]);
});

test('a branch is chosen, and a conversation begun from a message', async () => {
  await using cli = await bench(script);
  await cli.run(['sessions', 'choose', id, messageId]);
  expect(cli.api.to('chooseLeaf')).toEqual([{ params: { id }, body: { messageId } }]);
  const ran = await cli.run(['sessions', 'branch', id, messageId, 'Other', 'plan']);
  expect(ran.out).toContain('Other plan');
});

test('a mode that is none ends with 2 and names those there are', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['ask', 'x', '--mode', 'deep']);
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('santai, pikiran')]);
});

test('the transcript says which of several a message is, and what was broken off', async () => {
  const siblings = [testId('1'), messageId, testId('2')];
  const items = [aMessage({ siblings, interrupted: true })];
  await using cli = await bench({ getSession: () => aSession(), listMessages: () => ({ items }) });
  expect((await cli.run(['sessions', 'show', id])).out).toMatch(/2 of 3 {2}interrupted\n/);
});
