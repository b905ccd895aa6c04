import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import {
  aHit,
  aMessage,
  aPlace,
  aSession,
  anAnswer,
  testId,
  told,
} from '../../../../test/fakes/wire-views.ts';

const nothing = anAnswer({
  kind: 'nothing-found',
  text: 'Nothing about this in memory.',
  citations: [],
  nearest: [aHit()],
});

const conversing = (): Script => ({
  createSession: () => aSession(),
  sendMessage: () => [
    { kind: 'message-stored', message: aMessage() },
    { kind: 'answer-start', messageId: testId('a') },
    { kind: 'answer-delta', text: 'The lease ends ' },
    { kind: 'answer-delta', text: 'on 31 March 2028. [1]' },
    { kind: 'answer-end', message: aMessage({ role: 'assistant' }), answer: anAnswer() },
  ],
});

test('an answer is told with its citations: number, file, page and the id that opens it', async () => {
  await using cli = await bench({ askStream: () => told() });
  const ran = await cli.run(['ask', 'When', 'does', 'the lease end?']);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('The lease ends on 31 March 2028. [1]');
  expect(ran.out).toContain('[1] lease.pdf, page 2 · 1 Jul 2026');
  expect(ran.out).toContain(testId('c1'));
  expect(cli.api.to('askStream')).toEqual([
    { body: { mode: 'santai', question: 'When does the lease end?', filter: {} } },
  ]);
});

test('a citation of a conversation names its title, speaker and moment', async () => {
  const place = aPlace({
    kind: 'conversation',
    documentId: undefined,
    page: undefined,
    name: 'Boat trip',
    author: 'Maria',
  });
  const citations = [{ marker: 1, itemId: testId('c1'), quote: 'q', place }];
  await using cli = await bench({ askStream: () => told(anAnswer({ citations })) });
  expect((await cli.run(['ask', 'x'])).out).toMatch(/\[1\] Boat trip · Maria, 1 Jul 2026, \d\d:\d\d/);
});

test('nothing found ends with 4 and shows what came nearest', async () => {
  await using cli = await bench({ askStream: () => told(nothing) });
  const ran = await cli.run(['ask', 'x']);
  expect(ran.code).toBe(4);
  expect(ran.out).toContain('Nothing about this in memory.');
  expect(ran.out).toContain('Nearest in memory:');
});

test('in JSON mode the answer itself is the output', async () => {
  await using cli = await bench({ ask: () => anAnswer() });
  expect(JSON.parse((await cli.run(['ask', 'x', '--json'])).out)).toEqual(anAnswer());
});

test('an answer that broke off is told so and fails, in text and in JSON', async () => {
  const answer = anAnswer({ kind: 'generated', text: 'The lease', citations: [], interrupted: true });
  await using cli = await bench({ askStream: () => told(answer), ask: () => answer });
  for (const asked of [
    ['ask', 'When?'],
    ['ask', 'When?', '--json'],
  ]) {
    const ran = await cli.run(asked);
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('broke off before its end')]);
  }
});

test('an answer that has its greatest length is told so and is no failure', async () => {
  const answer = anAnswer({ kind: 'generated', interrupted: true, cutBy: 'length' });
  await using cli = await bench({ askStream: () => told(answer) });
  const ran = await cli.run(['ask', 'When?']);
  expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('greatest length')]);
});

test('the options become the filter, the last day included', async () => {
  await using cli = await bench({ askStream: () => told() });
  await cli.run([
    'ask',
    'x',
    '--folder',
    'letters/',
    '--kind',
    'chunk,message',
    '--from',
    '2026-03',
    '--to',
    '2026-03-31',
  ]);
  expect(cli.api.to('askStream')).toEqual([
    {
      body: {
        mode: 'santai',
        question: 'x',
        filter: {
          folder: 'letters/',
          kinds: ['chunk', 'message'],
          from: new Date(2026, 2, 1).getTime(),
          to: new Date(2026, 3, 1).getTime(),
        },
      },
    },
  ]);
});

test('the numbers of the answer are kept for its owner alone', async () => {
  await using cli = await bench({ askStream: () => told() });
  await cli.run(['ask', 'x']);
  const file = join(cli.folder, 'last-answer.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ citations: { '1': testId('c1') } });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a question comes from a pipe where none is given', async () => {
  await using cli = await bench({ askStream: () => told() });
  await cli.run(['ask'], { typed: 'When does the lease end?\n' });
  expect(cli.api.to('askStream')).toEqual([
    { body: { mode: 'santai', question: 'When does the lease end?', filter: {} } },
  ]);
});

test('no question at all ends with 2', async () => {
  await using cli = await bench();
  const ran = await cli.run(['ask'], { typed: '' });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('Expected a question');
});

test('in a conversation the answer is written as it comes, then its citations', async () => {
  await using cli = await bench(conversing());
  const ran = await cli.run(['ask', '--session', 'new', 'When?']);
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/^The lease ends on 31 March 2028\. \[1\]\n\n\[1\] lease\.pdf/);
  expect(ran.err).toContain(`Conversation ${aSession().id}`);
  expect(cli.api.to('sendMessage')).toMatchObject([
    { params: { id: aSession().id }, body: { text: 'When?' } },
  ]);
});

test('without an answer it is only remembered, in a new conversation unless one is named', async () => {
  const message = aMessage();
  await using cli = await bench({
    ...conversing(),
    sendMessage: () => [{ kind: 'message-stored', message }],
  });
  const ran = await cli.run(['ask', '--no-answer', 'I like the window seat.']);
  expect([ran.code, ran.out]).toEqual([0, `Remembered as ${message.id}\n`]);
  expect(ran.err).toContain(`Conversation ${aSession().id}`);
  await cli.run(['ask', '--session', aSession().id, '--no-answer', 'I like the window seat.']);
  expect(cli.api.to('createSession')).toHaveLength(1);
  expect(cli.api.to('sendMessage')).toMatchObject([
    { body: { text: 'I like the window seat.', answer: false } },
    { body: { answer: false } },
  ]);
});

test('a message that asks nothing ends with 0 and leaves the numbers of the last answer', async () => {
  const answer = anAnswer({ kind: 'remembered', text: 'I will remember that.', citations: [] });
  const end = { kind: 'answer-end' as const, message: aMessage({ role: 'assistant' }), answer };
  await using cli = await bench({ askStream: () => told(), ...conversing(), sendMessage: () => [end] });
  await cli.run(['ask', 'x']);
  expect((await cli.run(['ask', '--session', 'new', 'I moved.'])).code).toBe(0);
  const kept = await readFile(join(cli.folder, 'last-answer.json'), 'utf8');
  expect(JSON.parse(kept)).toEqual({ citations: { '1': testId('c1') } });
});

test('in a conversation each event is one line in JSON mode', async () => {
  await using cli = await bench(conversing());
  const ran = await cli.run(['ask', '--session', aSession().id, 'When?', '--json']);
  const kinds = ran.out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(kinds).toEqual(['message-stored', 'answer-start', 'answer-delta', 'answer-delta', 'answer-end']);
});

test('a conversation is named by its first digits', async () => {
  await using cli = await bench({ ...conversing(), listSessions: () => ({ items: [aSession()] }) });
  await cli.run(['ask', '--session', aSession().id.slice(0, 6), 'When?']);
  expect(cli.api.to('sendMessage')).toMatchObject([{ params: { id: aSession().id } }]);
});

test('an error in the stream ends with its sentence', async () => {
  await using cli = await bench({
    sendMessage: () => [{ kind: 'error', code: 'storage-full', message: 'The disk is full.' }],
  });
  const ran = await cli.run(['ask', '--session', aSession().id, 'When?']);
  expect([ran.code, ran.err]).toEqual([1, 'The disk is full.\n']);
});

test('on a terminal without a question it asks again and again until an empty line', async () => {
  await using cli = await bench({ askStream: () => told() });
  const ran = await cli.run(['ask'], { terminal: true, typed: 'first?\nsecond?\n\nnever asked\n' });
  expect(ran.code).toBe(0);
  expect(cli.api.to('askStream').map(({ body }) => (body as { question: string }).question)).toEqual([
    'first?',
    'second?',
  ]);
});

test('numbers that stand for the same passage share one entry', async () => {
  const [citation] = anAnswer().citations;
  if (citation === undefined) throw new Error('The sample answer has no citation.');
  const citations = [citation, { ...citation, marker: 2 }, { ...citation, marker: 3, itemId: testId('c3') }];
  await using cli = await bench({ askStream: () => told(anAnswer({ citations })) });
  const { out } = await cli.run(['ask', 'x']);
  expect(out.match(/^\[.*\] lease/gm)).toEqual(['[1] [2] lease', '[3] lease']);
});
