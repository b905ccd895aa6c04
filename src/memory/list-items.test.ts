import { beforeEach, expect, test } from 'vitest';
import { fakeCtx } from '../../test/fakes/ctx.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { getItem, type ItemDeps, listItems } from './list-items.ts';

const KEPT = '11111111-1111-4111-8111-111111111111';
const GOING = '22222222-2222-4222-8222-222222222222';
const ctx = fakeCtx();
const memory = fakeMemoryStore();
const deps: ItemDeps = {
  memory,
  texts: {
    read: async (_owner, items) => new Map(items.map(({ id, text = '' }) => [id, text])),
    forget() {},
  },
  titles: async () => new Map(),
  hidden: async () => [GOING],
};

beforeEach(async () => {
  const items = [KEPT, GOING].map((id) => memoryItem({ id, sources: [id] }));
  await memory.upsert(ctx.ownerId, items, ctx.signal);
});

test('what is being forgotten is in no list', async () => {
  const { items } = await listItems({ limit: 50 }, deps, ctx);
  expect(items.map(({ id }) => id)).toEqual([KEPT]);
});

test('what is being forgotten is not found by its id', async () => {
  expect(await getItem({ id: KEPT }, deps, ctx)).toMatchObject({ id: KEPT, text: 'something' });
  await expect(getItem({ id: GOING }, deps, ctx)).rejects.toMatchObject({ code: 'not-found' });
});
