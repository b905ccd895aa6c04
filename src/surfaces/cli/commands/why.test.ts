import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { aMessage, aPlace, aSession, testId } from '../../../../test/fakes/wire-views.ts';
import { AppError } from '../../../core/errors.ts';
import type { ItemView } from '../../../wire/recall.ts';
import type { AnswerTrace } from '../../../wire/trace.ts';

const signals = { words: 1, meaning: 1, neighbours: 0, role: 0, speaker: 0, answering: 0, time: 0 };

const aTrace = (over: Partial<AnswerTrace> = {}): AnswerTrace => ({
  messageId: testId('a5'),
  at: Date.UTC(2026, 6, 1, 11, 55),
  mode: 'santai',
  reading: { language: 'en', asksAssistant: false, terms: ['lease', 'end'] },
  meaning: true,
  recalled: [
    { itemId: testId('c1'), score: 2, signals, tokens: 40, inPrompt: true },
    { itemId: testId('c2'), score: 1, signals, tokens: 0, inPrompt: false },
  ],
  sections: [
    { name: 'persona', tokens: 600, leftOut: 0 },
    { name: 'documents', tokens: 40, leftOut: 1 },
  ],
  model: { role: 'chat', provider: 'openai', model: 'large', promptVersion: '0123456789ab' },
  ended: 'stop',
  tokens: { input: 700, output: 20, cached: 0 },
  costMicros: 1_500,
  ms: { recall: 5, beforeModel: 9, firstToken: 300, whole: 1_200 },
  citations: [
    { marker: 1, itemId: testId('c1'), kept: true, reason: 'supported' },
    { marker: 7, kept: false, reason: 'unknown-marker' },
  ],
  ...over,
});

const item: ItemView = {
  id: testId('c1'),
  kind: 'chunk',
  place: aPlace(),
  tags: [],
  trust: 3,
  derivedFrom: [],
  sources: [],
  createdAt: 0,
};
const script = { answerTrace: () => aTrace(), getItem: () => item };

test('the trace of an answer is a picture in text', async () => {
  await using cli = await bench(script);
  const { out, code } = await cli.run(['why', testId('a5')]);
  expect(code).toBe(0);
  for (const line of [
    'Read as language en · words: lease end',
    'Recalled: 2 hits, 1 in the prompt',
    '[1]  ████████████   2.00  lease.pdf, page 2',
    '██████░░░░░░   1.00  lease.pdf, page 2',
    'Prompt: about 640 tokens',
    'documents █░░░░░░░░░░░     40  1 left out',
    'large of openai as chat, prompt 0123456789ab',
    '700 in, 20 out, cost 0.001500',
    'recall 5 ms · before the model 9 ms · first word 300 ms · whole 1.2 s',
    'kept [1]; dropped [7] unknown-marker',
  ])
    expect(out).toContain(line);
});

test('an answer of quotes says why no model gave it', async () => {
  const {
    model: _,
    tokens: __,
    costMicros: ___,
    ...floor
  } = aTrace({ fellBack: 'no-model', sections: [], recalled: [] });
  await using cli = await bench({ ...script, answerTrace: () => floor });
  const { out } = await cli.run(['why', testId('a5')]);
  expect(out).toContain('none, quotes alone (no-model)');
  expect(out).toContain('Nothing.');
});

test('where no model had a prompt, nothing is said of what was in it', async () => {
  const { model: _, ...floor } = aTrace({ sections: [] });
  await using cli = await bench({ ...script, answerTrace: () => floor });
  const { out } = await cli.run(['why', testId('a5')]);
  expect(out).toContain('Recalled: 2 hits\n');
  expect(out).not.toContain('in the prompt');
});

test('what was recalled and is gone is shown by its id', async () => {
  const getItem = () => {
    throw new AppError('not-found', 'gone');
  };
  await using cli = await bench({ ...script, getItem });
  expect((await cli.run(['why', testId('a5')])).out).toContain(testId('c1'));
});

test('without an id it is the last answer of a conversation', async () => {
  const answer = aMessage({ id: testId('a5'), role: 'assistant' });
  const messages = [aMessage(), aMessage({ id: testId('a4'), role: 'assistant' }), answer, aMessage()];
  await using cli = await bench({
    ...script,
    listSessions: () => ({ items: [aSession()] }),
    listMessages: () => ({ items: messages }),
  });
  await cli.run(['why']);
  expect(cli.api.to('answerTrace')).toEqual([{ params: { id: testId('a5') } }]);
  await cli.run(['why', testId('a4').slice(0, 8)]);
  expect(cli.api.to('answerTrace').at(-1)).toEqual({ params: { id: testId('a4') } });
});

test('what is no answer of Jiwa is passed over, as what another assistant once said', async () => {
  const imported = testId('a4');
  await using cli = await bench({
    ...script,
    answerTrace: ({ params: { id } }) => {
      if (id === imported) throw new AppError('not-found', 'No trace.');
      return aTrace();
    },
    listSessions: () => ({ items: [aSession({ id: testId('b1'), origin: testId('e1') }), aSession()] }),
    listMessages: ({ params: { id } }) => {
      const answer = id === testId('b1') ? imported : testId('a5');
      return { items: [aMessage({ id: answer, role: 'assistant' })] };
    },
  });
  await cli.run(['why']);
  expect(cli.api.to('answerTrace').at(-1)).toEqual({ params: { id: testId('a5') } });
});

test('without any answer it ends with 3 and says how there would be one', async () => {
  await using cli = await bench({ ...script, listSessions: () => ({ items: [] }) });
  const ran = await cli.run(['why']);
  expect(ran.code).toBe(3);
  expect(ran.err).toContain('jiwa ask --session new');
});

test('in JSON it is the trace itself', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['why', testId('a5'), '--json']);
  expect(JSON.parse(ran.out)).toEqual(aTrace());
});
