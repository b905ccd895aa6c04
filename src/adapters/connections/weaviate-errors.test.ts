import { describe, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { isNoTenant, weaviateError } from './weaviate-errors.ts';

const running = new AbortController().signal;
const codeOf = (said: string) => weaviateError(new Error(said), running).code;

/** As Weaviate 1.38 and its client say it. */
const SAID = [
  [
    'unavailable',
    '/weaviate.v1.Weaviate/Search UNAVAILABLE: No connection established. Last error: ECONNREFUSED',
  ],
  ['unavailable', 'fetch failed'],
  ['unavailable', 'terminated'],
  ['unavailable', 'read ECONNRESET'],
  ['unavailable', 'The request to Weaviate failed with status code: 503 and message: '],
  ['unavailable', 'BatchDelete UNKNOWN: batch delete: cannot find index for class TenantChunk'],
  ['unavailable', 'Search UNKNOWN: could not find class TenantMemory in schema'],
  [
    'unavailable',
    'Search UNKNOWN: explorer: list class: search: tried to browse non-existing index for TenantMemory',
  ],
  ['unavailable', 'import into non-existing index for TenantMemory'],
  ['unavailable', 'determine shard: class "TenantMemory" not found in schema'],
  ['unavailable', 'get/init local shard "a", no shutdown: shard shutdown in progress'],
  ['unavailable', 'local shard "a": already shut or dropped'],
  ['unavailable', 'shard "a" does not exist locally'],
  ['unavailable', 'node is shutting down'],
  ['unavailable', 'objects bucket not available (store shutting down?)'],
  ['unavailable', 'store already closed: adding a bucket'],
  ['unavailable', "tenant not active: 'a'"],
  [
    'unavailable',
    'failed to execute query: rpc error: code = Canceled desc = grpc: the client connection is closing',
  ],
  ['unavailable', 'leader not found, can not resolve nodes [a]'],
  ['unavailable', 'cannot achieve consistency level "QUORUM": read error'],
  ['unavailable', 'cannot achieve consistency level "QUORUM": local a shard not found'],
  ['unavailable', 'init local shard "a" of index tenantmemory: interrupted'],
  ['unavailable', 'implicit activation of tenant failed'],
  ['unavailable', "failed adding to prop 'time' value bucket: store is read-only"],
  ['unavailable', 'store is read-only due to: UpdateVectorIndexConfigs'],
  ['timeout', 'rpc error: context deadline exceeded'],
  ['storage-full', 'store is read-only due to: disk usage too high'],
  ['invalid-input', "vector lengths don't match: 3 vs 4"],
  [
    'internal',
    'invalid filter: data type filter cannot use "valueText" on type "number" of property connection',
  ],
  ['internal', 'no such prop with name "leader" found'],
  ['internal', 'something else'],
] as const;

describe('what Weaviate says', () => {
  test.each(SAID)('is %s: %s', (code, said) => {
    expect(codeOf(said)).toBe(code);
  });

  test('stays out of the message', () => {
    const error = weaviateError(new Error('fetch failed: secret words'), running);
    expect(error.message).not.toContain('secret');
  });

  test('leaves our own errors as they are', () => {
    const own = new AppError('conflict', 'Somebody was faster.');
    expect(weaviateError(own, running)).toBe(own);
  });
});

test.each([
  ['object search at index probe1: tenant not found: "nobody"', true],
  ['updating schema: TYPE_UPDATE_TENANT: shard not found: nobody', true],
  // A replica that has not loaded the owner's shard yet must not look like an owner without anything.
  ['cannot achieve consistency level "QUORUM": local a shard not found', false],
  ["tenant not active: 'a'", false],
])('"%s" means that the owner has nothing there: %s', (said, expected) => {
  expect(isNoTenant(new Error(said))).toBe(expected);
});
