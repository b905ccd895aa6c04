import { expect, test } from 'vitest';
import { bench } from '../../../test/fakes/cli-bench.ts';
import { fakeHost } from '../../../test/fakes/cli-host.ts';
import { eventually } from '../../../test/fakes/eventually.ts';
import { aMessage, anAnswer, aSession, testId } from '../../../test/fakes/wire-views.ts';
import { gate } from '../../../test/fakes/workplace.ts';
import type { AnswerEvent } from '../../wire/sessions.ts';
import { runCli } from './run-cli.ts';

const start: AnswerEvent = { kind: 'answer-start', messageId: testId('a') };
const delta = (text: string): AnswerEvent => ({ kind: 'answer-delta', text });
const end = (text: string, interrupted?: true): AnswerEvent => ({
  kind: 'answer-end',
  message: aMessage({ role: 'assistant', text, ...(interrupted ? { interrupted } : {}) }),
  answer: anAnswer({ kind: 'generated', text, citations: [] }),
});
const ASK = ['ask', '--session', aSession().id, 'When?'];

test('the first Ctrl-C stops the answer, which is kept; the command goes on to its end', async () => {
  const stopped = gate();
  await using cli = await bench({
    async *sendMessage() {
      yield start;
      yield delta('The lease ');
      await stopped.opened;
      yield end('The lease ', true);
    },
    stopAnswer({ params: { id } }) {
      stopped.open();
      return { id, outcome: 'stopped' };
    },
  });
  const fake = fakeHost({ dataFolder: cli.folder, api: cli.api });
  const running = runCli(ASK, fake.host);
  await eventually(() => fake.out().includes('The lease'));
  fake.signals.emit('SIGINT');
  expect(await running).toBe(130);
  expect(fake.out()).toBe('The lease \n');
  expect(fake.err()).toContain('Stopped; what was said is kept.');
  expect(cli.api.to('stopAnswer')).toMatchObject([{ params: { id: testId('a') } }]);
});

test('an answer that broke off by itself is told so and fails, for nobody stopped it', async () => {
  await using cli = await bench({
    sendMessage: () => [start, delta('The lease '), end('The lease ', true)],
  });
  const ran = await cli.run(ASK);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain('The answer broke off before its end.');
  expect(ran.err).not.toContain('Stopped');
});

test('a second Ctrl-C leaves, whatever becomes of the answer', async () => {
  const never = gate();
  await using cli = await bench({
    async *sendMessage() {
      yield start;
      yield delta('The lease ');
      await never.opened;
    },
    stopAnswer: ({ params: { id } }) => ({ id, outcome: 'stopped' }),
  });
  const fake = fakeHost({ dataFolder: cli.folder, api: cli.api });
  let timeMs = 0;
  const running = runCli(ASK, { ...fake.host, now: () => timeMs });
  await eventually(() => fake.out().includes('The lease'));
  fake.signals.emit('SIGINT');
  timeMs = 600;
  fake.signals.emit('SIGINT');
  expect(await running).toBe(130);
  expect(fake.killed).toEqual([]);
});

test('a Ctrl-C after the answer is the command’s again', async () => {
  await using cli = await bench({ sendMessage: () => [start, delta('x'), end('x')] });
  const ran = await cli.run(ASK);
  expect(ran.code).toBe(0);
  expect(cli.api.to('stopAnswer')).toEqual([]);
});

test('an answer that begins anew is told so', async () => {
  await using cli = await bench({
    sendMessage: () => [
      start,
      delta('The le'),
      { kind: 'reset' },
      start,
      delta('The lease'),
      end('The lease'),
    ],
  });
  const ran = await cli.run(ASK);
  expect(ran.out).toBe('The le\nThe lease\n');
  expect(ran.err).toContain('The answer begins anew:');
});
