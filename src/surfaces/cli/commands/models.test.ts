import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { AppError } from '../../../core/errors.ts';
import type { ProviderView } from '../../../wire/models.ts';

const KEY = 'sk-typed-by-a-person';
const openai: ProviderView = {
  id: 'openai',
  preset: 'openai',
  kind: 'openai-compatible',
  baseUrl: 'https://api.openai.com/v1',
  hasKey: true,
  keyFrom: 'sealed',
  locked: false,
};
const script = (providers: ProviderView[] = []): Script => ({
  listModels: () => ({ embedders: [], local: [], providers, roles: [] }),
  putProvider: () => openai,
  setRole: ({ params, body }) => ({ ...params, ...body, locked: false, inherited: false }),
});
const use = ['models', 'use', 'chat', 'openai:gpt-5-mini'];

test('a role goes to a model of a provider that is known, without touching the provider', async () => {
  await using cli = await bench(script([openai]));
  const { out } = await cli.run(use);
  expect(out).toContain('gpt-5-mini of openai has answered');
  expect(cli.api.to('putProvider')).toEqual([]);
  expect(cli.api.to('setRole')).toMatchObject([
    { params: { role: 'chat' }, body: { provider: 'openai', model: 'gpt-5-mini' } },
  ]);
});

test('the key comes from a variable of the server, a file or the standard input', async () => {
  await using cli = await bench(script());
  const file = join(cli.folder, 'key');
  await writeFile(file, `${KEY}\n`);
  await cli.run([...use, '--key-env', 'OPENAI_API_KEY']);
  await cli.run([...use, '--key-file', file]);
  await cli.run([...use, '--key-stdin'], { typed: `${KEY}\n` });
  expect(cli.api.to('putProvider').map(({ body }) => (body as { key: unknown }).key)).toEqual([
    { env: 'OPENAI_API_KEY' },
    { value: KEY },
    { value: KEY },
  ]);
});

test('on a terminal the key is asked for and never shown', async () => {
  await using cli = await bench(script());
  const ran = await cli.run(use, { terminal: true, typed: `x\u007F${KEY}\r` });
  expect(ran.err).toContain('Key of openai');
  expect(ran.out + ran.err).not.toContain(KEY);
  expect(cli.api.to('putProvider')).toMatchObject([{ body: { key: { value: KEY } } }]);
});

test('a provider that needs no key is not asked for one; its address may be given', async () => {
  await using cli = await bench(script());
  await cli.run(['models', 'use', 'chat', 'mine:llama3.2:3b', '--url', 'http://127.0.0.1:8000/v1'], {
    terminal: true,
  });
  const body = { preset: 'custom', baseUrl: 'http://127.0.0.1:8000/v1', model: 'llama3.2:3b' };
  expect(cli.api.to('putProvider')).toEqual([{ params: { id: 'mine' }, body }]);
});

test('a provider that refuses ends with its reason, and the role stays', async () => {
  const refuse = () => {
    throw new AppError('provider-refused', 'The provider openai refuses the key (status 401).');
  };
  await using cli = await bench({ ...script(), putProvider: refuse });
  const ran = await cli.run([...use, '--key-env', 'OPENAI_API_KEY']);
  expect([ran.code, ran.err.trim()]).toEqual([1, 'The provider openai refuses the key (status 401).']);
  expect(cli.api.to('setRole')).toEqual([]);
});

test('what is not provider:model ends with 2', async () => {
  await using cli = await bench(script());
  expect((await cli.run(['models', 'use', 'chat', 'gpt-5-mini'])).code).toBe(2);
  expect((await cli.run(['models', 'use', 'nonsense', 'openai:gpt-5-mini'])).code).toBe(2);
});

test('a name that is a role loses its model, another name is a provider, else an adapter', async () => {
  const removed = () => ({ removed: 'it' });
  const local = ['voice', 'openai'].map((adapter) => ({ name: `tiny+${adapter}`, adapter }));
  const listModels = () => ({ embedders: [], local, providers: [openai], roles: [] });
  await using cli = await bench({
    listModels,
    removeRole: removed,
    removeProvider: removed,
    removeAdapter: removed,
  });
  for (const name of ['fallback', 'openai', 'voice', 'nothing']) await cli.run(['models', 'remove', name]);
  expect(cli.api.to('removeRole')).toEqual([{ params: { role: 'fallback' } }]);
  expect(cli.api.to('removeAdapter')).toEqual([{ params: { name: 'voice' } }]);
  expect(cli.api.to('removeProvider')).toEqual(['openai', 'nothing'].map((id) => ({ params: { id } })));
});

test('what is tried is the chat model, that of a role, or any by its name', async () => {
  const testModel = () => ({ provider: 'local', model: 'tiny+voice', ms: 20, firstTokenMs: 10 });
  await using cli = await bench({ testModel });
  expect((await cli.run(['models', 'test'])).out).toContain('tiny+voice of local answers');
  await cli.run(['models', 'test', 'summarizer']);
  await cli.run(['models', 'test', 'local:tiny+voice']);
  expect(cli.api.to('testModel').map(({ body }) => body)).toEqual([
    { role: 'chat' },
    { role: 'summarizer' },
    { provider: 'local', model: 'tiny+voice' },
  ]);
  expect((await cli.run(['models', 'test', 'nonsense'])).code).toBe(2);
});

test('local models are listed with adapters, and an adapter that fits none with the reason', async () => {
  const local = [
    { name: 'tiny+voice', adapter: 'voice', architecture: 'qwen2', sizeBytes: 30_000_000 },
    { name: 'calm', adapter: 'calm', fault: 'An adapter for a model of the kind llama: none is here.' },
  ];
  await using cli = await bench({ listModels: () => ({ embedders: [], local, providers: [], roles: [] }) });
  const { out } = await cli.run(['models'], { columns: 160 });
  expect(out).toMatch(/tiny\+voice +0\.03 GB +qwen2/);
  expect(out).toMatch(/calm .*none is here/);
});

test('usage shows cost, and says where a price is unknown', async () => {
  const line = {
    feature: 'chat',
    role: 'chat',
    provider: 'openai',
    model: 'gpt-5-mini',
    promptVersion: 'p1',
    calls: 12,
    failed: 1,
    unpriced: 2,
    inputTokens: 12_000,
    outputTokens: 900,
    cachedTokens: 0,
    costMicros: 1_250_000,
    ms: 9_000,
  };
  await using cli = await bench({ usage: () => ({ month: '2026-07', currency: 'USD', lines: [line] }) });
  const { out } = await cli.run(['usage'], { columns: 160 });
  expect(out).toMatch(/chat +chat +openai:gpt-5-mini +p1 +12 +1 +12,000 +900 +1\.25 USD \+ unknown/);
  expect(out).toContain('2 calls without a known price');
});

test('a budget is set in whole units and shown', async () => {
  const space = { capMicros: 20_000_000, spentMicros: 4_500_000, reservedMicros: 0 };
  const view = () => ({ month: '2026-07', currency: 'USD', space });
  await using cli = await bench({ budgets: view, setSpaceBudget: view, setTotalBudget: view });
  expect((await cli.run(['budget'])).out).toContain('4.50 USD of 20.00 USD');
  await cli.run(['budget', 'set', '20']);
  await cli.run(['budget', 'set', 'none', '--all']);
  expect((await cli.run(['budget', 'set', 'much'])).code).toBe(2);
  expect(cli.api.to('setSpaceBudget')).toEqual([{ body: { capMicros: 20_000_000 } }]);
  expect(cli.api.to('setTotalBudget')).toEqual([{ body: { capMicros: null } }]);
});

test('a role that there is not is refused with those there are', async () => {
  await using cli = await bench({});
  const ran = await cli.run(['models', 'use', 'chta', 'mine:x']);
  expect([ran.code, ran.err]).toEqual([2, expect.stringMatching(/Expected one of chat, .*got ‘chta’/)]);
});
