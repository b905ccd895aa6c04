import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnswerEvent } from '../../src/wire/sessions.ts';
import { type RunningApp, runningApp } from './running-app.ts';

let run: RunningApp;
beforeAll(async () => {
  run = await runningApp();
}, 60_000);
afterAll(() => run.end());

test('a message sent again with the id its client gave it is stored and answered once', async () => {
  const { id } = await run.api.call('createSession', { body: {} });
  const send = async () => {
    const events: AnswerEvent[] = [];
    const body = { text: 'Where is the spare key?', clientId: 'message 1' };
    for await (const event of run.api.send(id, body)) events.push(event);
    return events.flatMap((event) => (event.kind === 'answer-end' ? event.message.id : []));
  };
  const answered = await send();
  expect(answered).toHaveLength(1);
  expect(await send()).toEqual(answered);
  const { items } = await run.api.call('listMessages', { params: { id }, query: {} });
  expect(items.map(({ role }) => role)).toEqual(['user', 'assistant']);
});

test.each(['', ' ', 'a\nb', 'x'.repeat(101)])('an id of %j is refused', async (clientId) => {
  const { id } = await run.api.call('createSession', { body: {} });
  const body = { text: 'Hello.', answer: false, clientId };
  const sending = Array.fromAsync(run.api.send(id, body));
  await expect(sending).rejects.toMatchObject({ code: 'invalid-input' });
});
