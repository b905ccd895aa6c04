import { expect, test } from 'vitest';
import type { TenantAccess } from './weaviate-tenant-access.ts';
import { type Stored, tenantWrites } from './weaviate-tenant-writes.ts';

const never = new AbortController().signal;
const OBJECT: Stored = { id: 'a', properties: {}, vectors: {} };
const CHANGING =
  'update prop-specific indices: store is read-only due to: UpdateVectorIndexConfigs: [unused v_a]';

/** An owner's part whose batches are answered so, one after another; `undefined` is a batch that was taken. */
function answering(...refusals: readonly (string | undefined)[]) {
  const left = [...refusals];
  const batcher = {
    withObjects: () => batcher,
    withConsistencyLevel: () => batcher,
    async do() {
      const message = left.shift();
      return [{ result: message === undefined ? {} : { errors: { error: [{ message }] } } }];
    },
  };
  const rest = { batch: { objectsBatcher: () => batcher } };
  const access = {
    rest,
    collection: { name: 'TenantVector' },
    ownerId: 'owner-a',
  } as unknown as TenantAccess;
  return { writes: tenantWrites(access), left };
}

test('puts again what is refused while the collection gets another vector', async () => {
  const begun = "put inverted indices props: failed adding to prop 'time' value bucket: store is read-only";
  const { writes, left } = answering(begun, CHANGING, undefined);
  await writes.put([OBJECT], never);
  expect(left).toEqual([]);
});

test('says at once that a disk is full', async () => {
  const { writes, left } = answering('store is read-only due to: disk usage too high', undefined);
  await expect(writes.put([OBJECT], never)).rejects.toMatchObject({ code: 'storage-full' });
  expect(left).toHaveLength(1);
});

test('waits no longer than it is asked to', async () => {
  const { writes } = answering(...Array.from({ length: 100 }, () => CHANGING));
  const stop = new AbortController();
  const put = writes.put([OBJECT], stop.signal);
  stop.abort();
  await expect(put).rejects.toMatchObject({ code: 'aborted' });
});
