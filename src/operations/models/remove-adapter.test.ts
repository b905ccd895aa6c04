import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestLedger } from '../../../test/fakes/ledger.ts';
import { type FixedModels, providerRows, roleRows } from './model-settings.ts';
import { removeAdapter } from './remove-adapter.ts';

const NOTHING: FixedModels = { providers: [], roles: {} };
const TEAM = '00000000-0000-4000-8000-00000000000b';

let opened: Awaited<ReturnType<typeof openTestLedger>>;
beforeEach(async () => {
  opened = await openTestLedger();
  await opened.ledger.forOwner(TEAM, (tx) => tx.table('spaces').insert({ name: 'team', createdAt: tx.now }));
});
afterEach(async () => {
  await opened.queue.close();
  await opened.ledger.close();
});

function room(fixed = NOTHING) {
  const removed: string[] = [];
  const deps = {
    ledger: opened.ledger,
    fixed,
    async removeFile(name: string) {
      removed.push(name);
    },
  };
  return {
    removed,
    remove: (name: string) => removeAdapter({ name }, deps),
    serves: async (model: string, preset: 'local' | 'ollama') => {
      await providerRows.keep(deps, TEAM, { name: 'here', value: { id: 'here', preset } });
      const value = { provider: 'here', model, parameters: {} };
      await roleRows.keep(deps, TEAM, { name: 'worker', value });
    },
  };
}

test.each(['tiny+voice', 'tiny+calm+voice'])(
  'an adapter stays while %s serves a role in any space',
  async (model) => {
    const { removed, remove, serves } = room();
    await serves(model, 'local');
    await expect(remove('voice')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('worker in team'),
    });
    expect(removed).toEqual([]);
  },
);

test.each([
  ['tiny+voice2', 'local'],
  ['voice', 'local'],
  ['tiny+voice', 'ollama'],
] as const)('goes although %s of a %s provider serves one', async (model, preset) => {
  const { removed, remove, serves } = room();
  await serves(model, preset);
  expect(await remove('voice')).toEqual({ removed: 'voice' });
  expect(removed).toEqual(['voice']);
});

test('one that the environment fixes stays, too', async () => {
  const provider = { id: 'env-chat', preset: 'local' } as const;
  const chat = { provider: 'env-chat', model: 'tiny+voice', parameters: {} };
  const { remove } = room({ providers: [provider], roles: { chat } });
  await expect(remove('voice')).rejects.toMatchObject({ code: 'conflict' });
});
