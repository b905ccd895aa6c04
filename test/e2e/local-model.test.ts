import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testModelServer, type TestModelServer } from '../../src/adapters/embedder/test-model-server.ts';
import type { AnswerEvent } from '../../src/wire/sessions.ts';
import { tinyGguf, tinyLora } from '../fakes/tiny-gguf.ts';
import { type RunningApp, runningApp } from './running-app.ts';

const FILE = 'tiny-q4_k_m.gguf';
const NAME = 'owner--tiny-q4_k_m';
const TIMEOUT = 60_000;
const jiwa = promisify(execFile);

let models: TestModelServer;
let run: RunningApp;
beforeAll(async () => {
  models = await testModelServer({
    [FILE]: tinyGguf(),
    'tiny-q8_0.gguf': tinyGguf({ start: 2 }),
    'calm-lora.gguf': tinyLora(7),
  });
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

/** Answers in conversations that a model wrote. */
async function calls(name = NAME): Promise<number> {
  const { lines } = await run.api.call('usage', { query: {} });
  const line = lines.find(({ feature, model }) => feature === 'chat' && model === name);
  return (line?.calls ?? 0) - (line?.failed ?? 0);
}

/** What the command line prints. */
async function cli(...words: string[]): Promise<string> {
  const environment = { ...process.env, JIWA_DATA: run.folder, COLUMNS: '200' };
  return (await jiwa(process.execPath, ['bin/jiwa.js', ...words], { env: environment })).stdout;
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
    expect((await cli('ask', 'What is in the tin?')).trim()).not.toBe('');
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

describe('an adapter on a model of this machine', () => {
  const VOICE = `${NAME}+voice`;
  const laid = async (name: string, content: Buffer) => {
    const folder = join(run.folder, 'models', 'adapters');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}.gguf`), content);
  };
  const completed = async (model: string) => {
    const request = { model: `local/${model}`, messages: asking, max_tokens: 24, temperature: 0 };
    const { choices } = await openai().chat.completions.create(request, quiet);
    return choices[0]?.message.content ?? '';
  };
  const names = async () => (await run.api.call('listModels', {})).local.map(({ name }) => name);
  const body = { provider: 'local', model: VOICE, parameters: { maxOutputTokens: 40 } };

  test('is listed with each model that it fits, by every door', { timeout: TIMEOUT }, async () => {
    await laid('voice', tinyLora(5));
    await laid('foreign', tinyLora(1, 'llama'));
    const { local } = await run.api.call('listModels', {});
    expect(local).toMatchObject([
      { name: NAME },
      { name: VOICE, adapter: 'voice', architecture: 'qwen2', contextTokens: 32_768 },
      { name: 'foreign', adapter: 'foreign', fault: expect.stringContaining('llama') },
    ]);
    expect(await run.api.call('listProviderModels', { params: { id: 'local' } })).toEqual({
      models: [NAME, VOICE],
    });
    const listed = await Array.fromAsync(openai().models.list(), ({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining([`local/${NAME}`, `local/${VOICE}`]));
    const shown = await cli('models', 'list');
    expect(shown).toContain(VOICE);
    expect(shown).toMatch(/foreign .*An adapter for a model of the kind llama: none is here/);
  });

  test('speaks for a role, and its use is booked under its name', { timeout: TIMEOUT }, async () => {
    expect(await run.api.call('setRole', { ...role, body })).toMatchObject({ model: VOICE });
    expect(deltas(await asked('Who speaks?')).join('')).not.toBe('');
    expect(await calls(VOICE)).toBe(1);
    expect(await cli('models', 'use', 'chat', `local:${NAME}`)).toContain('has answered');
    expect(await cli('models', 'use', 'chat', `local:${VOICE}`, '--max-tokens', '40')).toContain(VOICE);
    expect(await cli('models', 'test', `local:${VOICE}`)).toContain(`${VOICE} of local answers`);
  });

  test(
    'says other things than the model, and others again when its file changes',
    { timeout: TIMEOUT },
    async () => {
      const [plain, voice] = [await completed(NAME), await completed(VOICE)];
      expect(new Set([plain, voice, '']).size).toBe(3);
      expect(await completed(VOICE)).toBe(voice);
      await laid('voice', tinyLora(6));
      expect([plain, voice, '']).not.toContain(await completed(VOICE));
      expect(await completed(NAME)).toBe(plain);
    },
  );

  test('is refused where there is none, or where it does not fit', { timeout: TIMEOUT }, async () => {
    await expect(completed(`${NAME}+nobody`)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('There is no adapter nobody'),
    });
    await expect(completed(`${NAME}+foreign`)).rejects.toThrow('for llama, the model is qwen2');
    await expect(completed(`${NAME}+${NAME}`)).rejects.toThrow('is a model; expected a LoRA adapter');
    const wrong = { ...body, model: `${NAME}+nobody` };
    await expect(run.api.call('setRole', { ...role, body: wrong })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(
      run.api.call('testModel', { body: { provider: 'local', model: `${NAME}+foreign` } }),
    ).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('is pulled, and removed with the folder it came in', { timeout: TIMEOUT }, async () => {
    await run.api.call('pullModel', { body: { id: 'owner/tiny-e5-model', file: 'calm-lora.gguf' } });
    await run.settled();
    expect(await names()).toContain(`${NAME}+owner--calm-lora`);
    expect(await cli('models', 'remove', 'owner--calm-lora')).toContain('is removed');
    expect(existsSync(join(run.folder, 'models', 'owner--calm-lora'))).toBe(false);
    expect(await names()).toEqual([NAME, VOICE, 'foreign']);
  });

  test('stays while it serves a role, then goes', { timeout: TIMEOUT }, async () => {
    const remove = (name: string) => run.api.call('removeAdapter', { params: { name } });
    await expect(remove('voice')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('chat in home'),
    });
    await run.api.call('removeRole', role);
    expect(await cli('models', 'remove', 'voice')).toContain('is removed');
    await expect(completed(VOICE)).rejects.toMatchObject({ status: 404 });
    await expect(remove(NAME)).rejects.toMatchObject({ code: 'unsupported' });
    expect(await names()).toEqual([NAME, 'foreign']);
  });
});
