import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import {
  asked,
  bury,
  closePlaces,
  exported,
  from,
  HERE,
  HOME,
  nothingIsThere,
  objectsIn,
  openPlaces,
  payloadOf,
  run,
  running,
  to,
} from '../../../test/fakes/moving-space.ts';
import { documentRow, jobRow } from '../../../test/fakes/rows.ts';
import { AppError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { objectKeys } from '../../core/object-keys.ts';
import { exportSpace } from './export-space.ts';
import { importSpaceJob } from './import-space.ts';

beforeEach(openPlaces);
afterEach(closePlaces);

test('an export is the space at one moment: what was said after it is not in it', async () => {
  const archive = (await exported()).toString();
  expect(archive).toContain('said before');
  expect(archive).not.toContain('said after');
});

test('an export that nobody reads to its end leaves nothing behind', async () => {
  for await (const bytes of exportSpace({ madeBy: '1' }, from.deps, HERE)) if (bytes.length > 0) break;
  await exported();
  expect(await readdir(join(from.folder, 'tmp'))).toEqual([]);
});

test('a space that comes is whole, waits for vectors, goes on with its work, and names the secrets that did not come', async () => {
  const row = await asked(await exported());
  await nothingIsThere();
  const report = await run(row);
  expect(report).toMatchObject({
    items: 1,
    objects: 2,
    enterAgain: ['model-provider:mine'],
    ownerId: OWNER_A,
  });
  const reads = to.ledger.readsOf(OWNER_A);
  expect(await reads.table('spaces').list()).toMatchObject([{ name: 'laptop' }]);
  expect(await reads.table('users').list()).toMatchObject([{ id: 'host', role: 'host' }]);
  expect(await reads.table('documents').list()).toMatchObject([{ status: 'ready', vectorCount: 0 }]);
  expect(await reads.table('jobs').list({ orderBy: [['runAt', 'asc']] })).toMatchObject([
    { kind: 'waits', payload: '{"n":1}', runAt: 77 },
  ]);
  expect(to.told).toEqual([`space-imported ${OWNER_A}`, `begun ${OWNER_A}`]);
  expect(await objectsIn(to, '00000000-0000-0000-0000-000000000000')).toEqual([]);
});

test('an import that broke off somewhere is begun again, or taken away as if it had never been', async () => {
  const row = await asked(await exported());
  const full = {
    ...to.deps,
    memory: { ...to.memory, upsert: async () => Promise.reject(new Error('full')) },
  };
  await expect(importSpaceJob(full).run(payloadOf(row), running(row.id), HOME)).rejects.toThrow('full');
  const written = new AbortController();
  const cancelled = { ...HOME, signal: written.signal };
  const stop = (done: number, total?: number) => {
    if (done === total) written.abort();
  };
  await expect(importSpaceJob(to.deps).run(payloadOf(row), running(row.id, stop), cancelled)).rejects.toThrow(
    /cancelled/,
  );
  await run(row);
  await bury(row);
  expect(await to.ledger.readsOf(OWNER_A).table('documents').count()).toBe(1);
});

test('an import whose process ended at its very end changes nothing more when it runs again', async () => {
  const row = await asked(await exported());
  const ending = { ...to.deps, begun: async () => Promise.reject(new Error('killed')) };
  await expect(importSpaceJob(ending).run(payloadOf(row), running(row.id), HOME)).rejects.toThrow('killed');
  await to.objects.put(OWNER_A, objectKeys.original(newId(), 'txt'), 'added since', { durable: true });
  expect(await run(row)).toMatchObject({ items: 1, objects: 2 });
  expect(await objectsIn(to)).toHaveLength(3);
});

test('what was cancelled is gone', async () => {
  const row = await asked(await exported());
  const begun = to.deps.memory.upsert.bind(to.deps.memory);
  const failing = {
    ...to.deps,
    memory: {
      ...to.memory,
      async upsert(...items: Parameters<typeof begun>) {
        await begun(...items);
        throw new AppError('aborted', 'cancelled');
      },
    },
  };
  await expect(importSpaceJob(failing).run(payloadOf(row), running(row.id), HOME)).rejects.toThrow(
    'cancelled',
  );
  await bury(row);
  await nothingIsThere();
  expect(await objectsIn(to, '00000000-0000-0000-0000-000000000000')).toEqual([]);
});

test('one space is imported by one job at a time', async () => {
  await asked(await exported());
  await expect(asked(await exported())).rejects.toMatchObject({ code: 'conflict' });
});

test('the address of an old database, also sealed, stays where it is', async () => {
  await from.ledger.forOwner(OWNER_A, (tx) =>
    tx.table('jobs').insert(jobRow({ kind: 'migrate-from-postgres', payload: '{"from":"v1.sealed"}' })),
  );
  expect((await exported()).toString()).not.toContain('v1.sealed');
});

test('two imports of one space that are asked for at once are one', async () => {
  const archive = await exported();
  const both = await Promise.allSettled([asked(archive), asked(archive)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('a space that came meanwhile is not erased by an import that expected none', async () => {
  const row = await asked(await exported());
  await to.ledger.forOwner(OWNER_A, async (tx) => {
    await tx.table('spaces').insert({ name: 'came', createdAt: 1 });
    await tx.table('documents').insert(documentRow());
  });
  await expect(run(row)).rejects.toMatchObject({ code: 'conflict' });
  expect(await to.ledger.readsOf(OWNER_A).table('documents').count()).toBe(1);
});

test('an import in place of what is here says what had been forgotten since the archive was made', async () => {
  const stone = { kind: 'document', sourceId: newId(), createdAt: 5, report: '{}' } as const;
  await to.ledger.forOwner(OWNER_A, async (tx) => {
    await tx.table('spaces').insert({ name: 'here', createdAt: 1 });
    await tx.table('documents').insert(documentRow());
    await tx.table('tombstones').insert(stone);
  });
  const row = await asked(await exported(), true);
  const full = {
    ...to.deps,
    memory: { ...to.memory, upsert: async () => Promise.reject(new Error('full')) },
  };
  await expect(importSpaceJob(full).run(payloadOf(row), running(row.id), HOME)).rejects.toThrow('full');
  const { kind, sourceId } = stone;
  expect(await run(row)).toMatchObject({ forgottenSince: [{ kind, sourceId }] });
  expect(await to.ledger.readsOf(OWNER_A).table('tombstones').count({ sourceId })).toBe(0);
});
