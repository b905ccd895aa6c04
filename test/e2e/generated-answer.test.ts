import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnswerEvent } from '../../src/wire/sessions.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { file, type RunningApp, runningApp } from './running-app.ts';

const ANSWER = 'The lease ends on 31 March 2028 [1]. The moon is made of cheese [1]. So it is [77].';
const SHOWN = 'The lease ends on 31 March 2028 [1]. The moon is made of cheese. So it is.';

let run: RunningApp;
let server: ModelServer;
beforeAll(async () => {
  run = await runningApp();
  server = await modelServer(() => ANSWER);
  const body = { preset: 'custom', baseUrl: server.baseUrl, key: { value: 'k' } } as const;
  await run.api.call('putProvider', { params: { id: 'mine' }, body });
  await run.api.call('setRole', { params: { role: 'chat' }, body: { provider: 'mine', model: 'scripted' } });
  await run.api.upload(file('lease.txt', 'The lease of the flat ends on 31 March 2028.'));
  await run.settled();
}, 60_000);
afterAll(async () => {
  await server.close();
  await run.end();
});

async function said(body: object = {}): Promise<AnswerEvent[]> {
  const { id } = await run.api.call('createSession', { body: {} });
  return Array.fromAsync(run.api.send(id, { text: 'When does the lease of the flat end?', ...body }));
}

const lastPrompt = () => JSON.stringify(server.requests.at(-1)?.body);

test('an answer of a model streams with the citations that hold, and says why it is so', async () => {
  const events = await said();
  const deltas = events.flatMap((event) => (event.kind === 'answer-delta' ? event.text : []));
  expect(deltas.length).toBeGreaterThan(5);
  expect(deltas.join('')).toBe(SHOWN);
  const end = events.at(-1);
  if (end?.kind !== 'answer-end') throw new Error('the answer has no end');
  expect(end.answer).toMatchObject({ kind: 'generated', text: SHOWN, citations: [{ marker: 1 }] });
  const trace = await run.api.call('answerTrace', { params: { id: end.message.id } });
  expect(trace).toMatchObject({
    messageId: end.message.id,
    model: { provider: 'mine', model: 'scripted' },
    recalled: [{ inPrompt: true }],
    citations: [{ kept: true }, { reason: 'unsupported' }, { reason: 'unknown-marker' }],
  });
});

test('a question outside of a conversation is answered by the model, too', async () => {
  const answer = await run.api.call('ask', { body: { question: 'When does the lease of the flat end?' } });
  expect(answer).toMatchObject({ kind: 'generated', text: SHOWN });
});

test('a persona of the data folder speaks', async () => {
  await mkdir(join(run.folder, 'personas'), { recursive: true });
  await writeFile(join(run.folder, 'personas', 'pirate.md'), 'You are a pirate called Jiwa.');
  await said({ persona: 'pirate' });
  expect(lastPrompt()).toContain('You are a pirate called Jiwa.');
});

test('a deliberate answer follows a plan, which the model may mend once, and all calls are counted', async () => {
  const plans = [
    'I would rather not.',
    '{"question":"When does the lease end?","searches":[],"steps":["Look."]}',
  ];
  server.say(({ body }) =>
    JSON.stringify(body).includes('You prepare the answer') ? plans.shift() : ANSWER,
  );
  const end = (await said({ mode: 'pikiran' })).at(-1);
  if (end?.kind !== 'answer-end') throw new Error('the answer has no end');
  const trace = await run.api.call('answerTrace', { params: { id: end.message.id } });
  expect(trace.sections.map(({ name }) => name)).toContain('plan');
  expect(trace.tokens?.input).toBe(30);
});

test('a dead model leaves the answer to quotes', async () => {
  server.say(() => ({ fault: 'unauthenticated' }));
  const end = (await said()).at(-1);
  expect(end).toMatchObject({ kind: 'answer-end', answer: { kind: 'extractive' } });
  if (end?.kind !== 'answer-end') return;
  const trace = await run.api.call('answerTrace', { params: { id: end.message.id } });
  expect(trace.fellBack).toBe('provider-refused');
});
