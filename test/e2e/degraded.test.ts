import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddingServer } from '../crash/embedding-server.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

let run: RunningApp;
let embedder: Awaited<ReturnType<typeof embeddingServer>>;
let model: ModelServer;
beforeAll(async () => {
  [run, embedder, model] = await Promise.all([
    runningApp(),
    embeddingServer(),
    modelServer(() => 'Green tea [1].'),
  ]);
  await run.api.upload(file('tea.txt', 'Mira drinks green tea from Shizuoka every morning.'));
  const body = { kind: 'remote', baseUrl: embedder.url, model: 'far', dimensions: 16 } as const;
  await run.api.call('useEmbedder', { body });
  const provider = { preset: 'custom', baseUrl: model.baseUrl, key: { value: 'k' } } as const;
  await run.api.call('putProvider', { params: { id: 'mine' }, body: provider });
  await run.api.call('setRole', { params: { role: 'chat' }, body: { provider: 'mine', model: 'scripted' } });
  await run.settled();
}, 60_000);
afterAll(async () => {
  await run.end();
  await model.close();
  embedder.close();
});

const parts = async () => (await run.api.call('ready', {})).parts;

async function answerTo(text: string) {
  const { id } = await run.api.call('createSession', { body: {} });
  return (await Array.fromAsync(run.api.send(id, { text }))).at(-1);
}

test('with everything there, every part is well', async () => {
  expect(await answerTo('What does Mira drink?')).toMatchObject({ answer: { kind: 'generated' } });
  expect(Object.values(await parts())).toSatisfy((all: { state: string }[]) =>
    all.every(({ state }) => state === 'ok'),
  );
});

test('without the embedder memory is searched by words, and readiness says so', async () => {
  embedder.close();
  for (const drink of ['tea', 'green tea', 'the tea']) {
    const body = { question: `Who drinks ${drink} from Shizuoka?` };
    expect(JSON.stringify(await run.api.call('recall', { body }))).toContain('Shizuoka');
  }
  expect(await parts()).toMatchObject({
    embedder: { state: 'degraded', note: expect.stringContaining('by words only') },
    ledger: { state: 'ok' },
  });
});

test('without the language model answers are passages, and readiness says so', async () => {
  await model.close();
  expect(await answerTo('What tea does Mira like?')).toMatchObject({ answer: { kind: 'extractive' } });
  expect(await parts()).toMatchObject({
    model: { state: 'degraded', note: expect.stringContaining('passages') },
  });
});
