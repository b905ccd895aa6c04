import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError, toAppError } from '../../../core/errors.ts';
import type { ModelEvent } from '../../../ports/language-model.ts';
import { eventually } from '../../../../test/fakes/eventually.ts';
import { type OpenAiDoor, openAiDoor, openAiDoorInTest } from '../../../../test/fakes/open-ai-door.ts';
import { scriptedModel } from '../../../../test/fakes/scripted-model.ts';
import { gate } from '../../../../test/fakes/workplace.ts';

/** A model that says nothing until it is let go, and what it says then. */
function slowModel(said: readonly (ModelEvent | Error)[]) {
  const { opened, open } = gate();
  async function* slowly(): AsyncIterable<ModelEvent> {
    await opened;
    for (const event of said) {
      if (event instanceof Error) throw event;
      yield event;
    }
  }
  return { model: scriptedModel(slowly), open };
}

let door: OpenAiDoor;
let slow: ReturnType<typeof slowModel>;
beforeEach(async () => {
  slow = slowModel([
    { kind: 'text', text: 'At last.' },
    { kind: 'end', reason: 'stop', usage: undefined },
  ]);
  const waiting = { patienceMs: 20, keepAliveMs: 10 };
  door = await openAiDoor({ model: slow.model, waiting });
});
afterEach(() => door.close());

const messages = [{ role: 'user' as const, content: 'Hello' }];

describe('while a model has nothing to say yet', () => {
  test('the stream begins, with comments that say somebody is there', async () => {
    const response = await fetch(`${door.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${door.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'jiwa', messages, stream: true }),
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toMatch(/^: /u);
    slow.open();
    let rest = '';
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
      rest += next.value;
    expect(rest).toContain('At last.');
    expect(rest.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('the official client waits through the comments', async () => {
    const client = new OpenAI({ baseURL: door.baseURL, apiKey: door.apiKey });
    const stream = client.chat.completions.stream({ model: 'jiwa', messages });
    await stream.emitted('connect');
    slow.open();
    expect(await stream.finalContent()).toBe('At last.');
  });
});

test('a failure after the stream has begun comes inside it', async () => {
  const failing = slowModel([new AppError('invalid-input', 'The conversation is too long.')]);
  const other = await openAiDoorInTest({
    model: failing.model,
    waiting: { patienceMs: 1, keepAliveMs: 1_000 },
  });
  const client = new OpenAI({ baseURL: other.baseURL, apiKey: other.apiKey, maxRetries: 0 });
  const stream = await client.chat.completions.create({ model: 'jiwa', messages, stream: true });
  failing.open();
  await expect(Array.fromAsync(stream)).rejects.toThrow('The conversation is too long.');
});

test('a permission that is taken away ends the stream and the model’s call', async () => {
  const permission = new AbortController();
  const waiting = { patienceMs: 1, keepAliveMs: 1_000 };
  const { opened: called, open: call } = gate();
  let cancelled = false;
  const model = {
    ...scriptedModel(() => ''),
    async *stream(_request: unknown, signal: AbortSignal): AsyncIterable<ModelEvent> {
      signal.addEventListener('abort', () => (cancelled = true));
      call();
      yield { kind: 'text', text: 'Well' };
      await new Promise(() => {});
    },
  };
  const other = await openAiDoorInTest({ model, waiting, permission: permission.signal, graceMs: 300 });
  const client = new OpenAI({ baseURL: other.baseURL, apiKey: other.apiKey, maxRetries: 0 });
  const stream = await client.chat.completions.create({ model: 'jiwa', messages, stream: true });
  await called;
  permission.abort(new AppError('unauthenticated', 'The permission for this was taken away.'));
  await expect(Array.fromAsync(stream)).rejects.toThrow('The permission for this was taken away.');
  expect(await eventually(() => cancelled)).toBe(true);
});

test('what was said until the server stops is remembered before it has closed', async () => {
  const { opened: heard, open: hear } = gate();
  const model = {
    ...scriptedModel(() => ''),
    async *stream(_request: unknown, signal: AbortSignal): AsyncIterable<ModelEvent> {
      yield { kind: 'text', text: 'Well' };
      hear();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(toAppError(signal.reason)));
      });
    },
  };
  const other = await openAiDoorInTest({ model, graceMs: 300 });
  const client = new OpenAI({ baseURL: other.baseURL, apiKey: other.apiKey, maxRetries: 0 });
  const stream = await client.chat.completions.create({ model: 'jiwa', messages, stream: true });
  const whole = Array.fromAsync(stream);
  whole.catch(() => undefined);
  await heard;
  await other.stop();
  expect((await other.remembered()).map(({ text }) => text)).toEqual(['Hello', 'Well']);
  await expect(whole).rejects.toBeInstanceOf(Error);
});
