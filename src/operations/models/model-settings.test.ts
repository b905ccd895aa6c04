import { afterEach, beforeEach, expect, test } from 'vitest';
import { OWNER_B, fakeCtx } from '../../../test/fakes/ctx.ts';
import { openTestLedger } from '../../../test/fakes/ledger.ts';
import type { ModelRole } from '../../ports/language-model.ts';
import type { SealedFor } from '../../ports/sealer.ts';
import type { ProviderBody } from '../../wire/models.ts';
import { listLanguageModels } from './list-models.ts';
import { type FixedModels, readModelSettings, servedBy } from './model-settings.ts';
import { openKey } from './provider-key.ts';
import { putProvider } from './put-provider.ts';
import { removeRole, setRole } from './set-role.ts';
import { setPrices } from './usage-summary.ts';

const NOTHING: FixedModels = { providers: [], roles: {} };
const HOST = ['space:manage', 'system:manage'];
const body: ProviderBody = { preset: 'custom', baseUrl: 'https://models.example.com/v1' };
const role = { provider: 'mine', model: 'qwen3', parameters: {} };
const ctx = fakeCtx();

/** A sealer that shows what it was bound to. */
const sealer = {
  seal: async (secret: string, to: SealedFor) => JSON.stringify({ secret, to }),
  async open(sealed: string, to: SealedFor) {
    const parts = JSON.parse(sealed) as { secret: string; to: SealedFor };
    expect(parts.to).toEqual(to);
    return parts.secret;
  },
};

let opened: Awaited<ReturnType<typeof openTestLedger>>;
beforeEach(async () => {
  opened = await openTestLedger();
});
afterEach(async () => {
  await opened.queue.close();
  await opened.ledger.close();
});

function room(fixed: FixedModels = NOTHING) {
  const { ledger } = opened;
  const privateHosts = ['gpu.example.com:8000'];
  const answers = { probe: async () => {}, tryOut: async () => {} };
  const deps = { ledger, fixed, secrets: { sealer }, privateHosts, ...answers };
  return {
    deps,
    put: (changes: Partial<ProviderBody>, actions: readonly string[] = HOST) =>
      putProvider({ id: 'mine', body: { ...body, ...changes }, actions }, deps, ctx),
    serving: async (name: ModelRole, ownerId = ctx.ownerId) =>
      servedBy(await readModelSettings(deps, ownerId), name)?.model,
  };
}

test('the chat model serves every role until told otherwise, but is nobody’s fallback', async () => {
  const { put, deps, serving } = room();
  await put({});
  expect(await serving('chat')).toBeUndefined();
  await setRole({ role: 'chat', body: role }, deps, ctx);
  await setRole({ role: 'worker', body: { ...role, model: 'small' } }, deps, ctx);
  expect(await Promise.all((['twin', 'worker', 'fallback'] as const).map((name) => serving(name)))).toEqual([
    'qwen3',
    'small',
    undefined,
  ]);
  await removeRole({ role: 'worker' }, deps, ctx);
  expect(await serving('worker')).toBe('qwen3');
});

test('settings of one space are no other’s', async () => {
  const { put, deps, serving } = room();
  await put({});
  await setRole({ role: 'chat', body: role }, deps, ctx);
  expect(await serving('chat', OWNER_B)).toBeUndefined();
});

test('what the environment fixes wins and cannot be changed', async () => {
  const { put, deps } = room();
  await put({});
  await setRole({ role: 'chat', body: role }, deps, ctx);
  const fixed: FixedModels = {
    providers: [{ id: 'env-chat', preset: 'ollama' }],
    roles: { chat: { provider: 'env-chat', model: 'llama3.2', parameters: {} } },
  };
  const locked = room(fixed);
  expect(await locked.serving('chat')).toBe('llama3.2');
  await expect(setRole({ role: 'chat', body: role }, locked.deps, ctx)).rejects.toMatchObject({
    code: 'conflict',
  });
  const { roles, providers } = await listLanguageModels(locked.deps, ctx);
  expect(roles[0]).toMatchObject({ role: 'chat', locked: true });
  expect(providers.map(({ id, locked }) => [id, locked])).toEqual([
    ['mine', false],
    ['env-chat', true],
  ]);
});

test('a key is sealed for its space and provider, and only hasKey is shown', async () => {
  const { put, deps } = room();
  const view = await put({ key: { value: 'sk-secret' } });
  expect(view).toMatchObject({ hasKey: true, keyFrom: 'sealed' });
  expect(JSON.stringify(view)).not.toContain('secret');
  const settings = (await readModelSettings(deps, ctx.ownerId)).providers.get('mine');
  const secrets = { sealer, variable: () => undefined, file: async () => undefined };
  expect(settings && (await openKey(settings, secrets, ctx.ownerId))).toBe('sk-secret');
  expect(await put({ key: null })).toMatchObject({ hasKey: false });
});

test.each([
  ['a variable of the machine', { key: { env: 'OPENAI_API_KEY' } }],
  ['a file of the machine', { key: { file: 'openai' } }],
  ['an address of the machine', { baseUrl: 'http://127.0.0.1:11434/v1' }],
  ['an address of its network', { baseUrl: 'http://10.0.0.7/v1' }],
  ['an address of its overlay network', { baseUrl: 'http://100.100.0.7/v1' }],
  ['a host that was opened for the machine', { baseUrl: 'http://gpu.example.com:9200/v1' }],
] as const)('%s is only for the hosts of the installation', async (_, changes) => {
  const { put } = room();
  await expect(put(changes, ['space:manage'])).rejects.toMatchObject({ code: 'forbidden' });
  expect(await put({}, ['space:manage'])).toMatchObject({ id: 'mine' });
  expect(await put(changes, HOST)).toMatchObject({ id: 'mine' });
});

test('a space names no prices of what the installation pays for; its hosts do', async () => {
  const fixed: FixedModels = { ...NOTHING, providers: [{ id: 'env-chat', preset: 'openai' }] };
  const set = (provider: string | undefined, actions: readonly string[]) =>
    setPrices(
      { prices: [{ provider, model: 'gpt-4o', input: 0, output: 0 }], actions },
      room(fixed).deps,
      ctx,
    );
  for (const provider of ['env-chat', undefined]) {
    await expect(set(provider, ['space:manage'])).rejects.toMatchObject({ code: 'forbidden' });
    expect(await set(provider, HOST)).toMatchObject({ own: [{ model: 'gpt-4o' }] });
  }
  expect(await set('mine', ['space:manage'])).toMatchObject({ own: [{ provider: 'mine' }] });
});
