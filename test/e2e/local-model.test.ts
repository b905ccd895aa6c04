import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testModelServer, type TestModelServer } from '../../src/adapters/embedder/test-model-server.ts';
import type { AnswerEvent } from '../../src/wire/sessions.ts';
import { tinyGguf } from '../fakes/tiny-gguf.ts';
import { type RunningApp, runningApp } from './running-app.ts';

const FILE = 'tiny-q4_k_m.gguf';
const NAME = 'owner--tiny-q4_k_m';
const TIMEOUT = 60_000;
const jiwa = promisify(execFile);

let models: TestModelServer;
let run: RunningApp;
beforeAll(async () => {
  models = await testModelServer({ [FILE]: tinyGguf(), 'tiny-q8_0.gguf': tinyGguf({ start: 2 }) });
  run = await runningApp({ JIWA_MODEL_SERVER: models.url, JIWA_LOCAL_CONTEXT: '32768' });
}, TIMEOUT);
afterAll(async () => {
  await run.end();
  await models[Symbol.asyncDispose]();
});

const role = { params: { role: 'chat' as const } };
const openai = () => new OpenAI({ baseURL: `${run.app.url}/v1`, apiKey: run.app.token, maxRetries: 0 });
const asking = [{ role: 'user' as const, content: 'What is in the tin?' }];
const quiet = { headers: { 'Jiwa-Memory': 'off' } };

/** Asks in a new conversation. */
async function asked(text: string): Promise<AnswerEvent[]> {
  const session = await run.api.call('createSession', { body: {} });
  return Array.fromAsync(run.api.send(session.id, { text, clientId: text }));
}

/** Answers in conversations that the model wrote. */
async function calls(): Promise<number> {
  const { lines } = await run.api.call('usage', { query: {} });
  const line = lines.find(({ feature, model }) => feature === 'chat' && model === NAME);
  return (line?.calls ?? 0) - (line?.failed ?? 0);
}

const deltas = (events: readonly AnswerEvent[]) =>
  events.flatMap((event) => (event.kind === 'answer-delta' ? event.text : []));

describe('a model of this machine', () => {
  test('is pulled, listed, tried, and given a role', { timeout: TIMEOUT }, async () => {
    await run.api.call('pullModel', { body: { id: 'owner/tiny-e5-model' } });
    await run.settled();
    const { local } = await run.api.call('listModels', {});
    expect(local).toMatchObject([{ name: NAME, architecture: 'qwen2', contextTokens: 32_768 }]);
    await run.api.call('putProvider', { params: { id: 'local' }, body: { preset: 'local' } });
    expect(await run.api.call('listProviderModels', { params: { id: 'local' } })).toEqual({ models: [NAME] });
    const body = { provider: 'local', model: NAME, parameters: { maxOutputTokens: 40 } };
    expect(await run.api.call('setRole', { ...role, body })).toMatchObject({ model: NAME });
  });

  test('answers a message in pieces, and its use is booked', { timeout: TIMEOUT }, async () => {
    const events = await asked('What is in the tin?');
    const pieces = deltas(events);
    expect(pieces.length).toBeGreaterThan(3);
    expect(events.at(-1)?.kind).toBe('answer-end');
    expect(await calls()).toBe(1);
  });

  test('answers several at the same time', { timeout: TIMEOUT }, async () => {
    const answers = await Promise.all(['One?', 'Two?', 'Three?'].map(asked));
    for (const events of answers) expect(deltas(events).join('')).not.toBe('');
  });

  test('answers the command line', { timeout: TIMEOUT }, async () => {
    const before = await calls();
    const environment = { ...process.env, JIWA_DATA: run.folder };
    const { stdout } = await jiwa(process.execPath, ['bin/jiwa.js', 'ask', 'What is in the tin?'], {
      env: environment,
    });
    expect(stdout.trim()).not.toBe('');
    expect(await calls()).toBe(before + 1);
  });

  test(
    'answers OpenAI clients: streamed, held to a schema, and cancelled',
    { timeout: TIMEOUT },
    async () => {
      const request = { model: 'jiwa', messages: asking, max_tokens: 60 };
      const stream = await openai().chat.completions.create({ ...request, stream: true }, quiet);
      const pieces = await Array.fromAsync(stream, ({ choices }) => choices[0]?.delta.content ?? '');
      expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(3);
      const schema = {
        type: 'object',
        properties: { mood: { enum: ['good', 'bad'] } },
        required: ['mood'],
        additionalProperties: false,
      };
      const held = await openai().chat.completions.create(
        {
          ...request,
          response_format: { type: 'json_schema', json_schema: { name: 'mood', schema, strict: true } },
        },
        quiet,
      );
      const { mood } = JSON.parse(held.choices[0]?.message.content ?? '') as { mood: string };
      expect(['good', 'bad']).toContain(mood);
      const left = await openai().chat.completions.create({ ...request, stream: true }, quiet);
      for await (const { choices } of left) if (choices[0]?.delta.content) break;
      expect(deltas(await asked('And now?')).join('')).not.toBe('');
    },
  );
});
