import { expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import type { ObjectKey } from '../core/object-keys.ts';
import { fencedStores } from './fenced-stores.ts';
import type { Services } from './services.ts';

const KEY = 'raw/one/original.txt' as ObjectKey;
const lasting = new AbortController().signal;

/** Services that note what is written, of a process that was given up or not. */
function services(own: { alone: boolean; givenUp: boolean }) {
  const written: string[] = [];
  const writing = (name: string) => async () => {
    written.push(name);
    return 0;
  };
  const standing = async () => {
    if (own.givenUp) throw new AppError('unavailable', 'It was given up.');
  };
  const writes = ['upsert', 'putVectors', 'dropSlot', 'removeOwner', 'remove'];
  const memory = Object.fromEntries(writes.map((name) => [name, writing(name)]));
  const graphWrites = ['upsert', 'forget', 'removeOwner'];
  const graph = Object.fromEntries(graphWrites.map((name) => [name, writing(`${name} in graph`)]));
  const staged = { commit: writing('commit') };
  const objects = {
    put: writing('put'),
    stage: async () => staged,
    remove: writing('remove object'),
    removeAll: writing('remove objects'),
    get: async () => 'read',
  };
  const given = { alone: own.alone, memory, graph, objects, processes: { standing } } as unknown as Services;
  return { ...fencedStores(given), written };
}

async function writeAll({ memory, graph, objects }: Services) {
  const staged = await objects.stage('o', (async function* () {})(), 1, lasting);
  return Promise.allSettled([
    memory.upsert('o', [], lasting),
    memory.putVectors('o', 'slot', [], lasting),
    memory.remove('o', { ids: [] }, lasting),
    memory.dropSlot('o', 'slot', lasting),
    memory.removeOwner('o', lasting),
    graph.upsert('o', { entities: [], relations: [] }, lasting),
    graph.forget('o', [], lasting),
    graph.removeOwner('o', lasting),
    objects.put('o', KEY, '', { durable: true }),
    staged.commit(KEY),
    objects.remove('o', KEY),
    objects.removeAll('o', KEY),
  ]);
}

it('a process that was given up writes nothing, and reads', async () => {
  const given = services({ alone: false, givenUp: true });
  expect((await writeAll(given)).filter(({ status }) => status === 'fulfilled')).toEqual([]);
  expect(given.written).toEqual([]);
  expect(await given.objects.get('o', KEY)).toBe('read');
});

it.each([
  ['stands among the others', { alone: false, givenUp: false }],
  ['has its ledger alone', { alone: true, givenUp: true }],
])('a process that %s writes', async (_, own) => {
  const given = services(own);
  expect((await writeAll(given)).filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(given.written).toHaveLength(12);
});
