import { createHash, randomBytes } from 'node:crypto';
import { ListObjectVersionsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../../test/fakes/bytes.ts';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import { newBucket, s3Client } from '../../../test/servers/s3-bucket.ts';
import { mapBounded } from '../../core/bounded.ts';
import { type ObjectKey, objectKeys } from '../../core/object-keys.ts';
import { openS3ObjectStore } from './s3-object-store.ts';

const MIB = 1_048_576;
const DOCUMENT = '11111111-1111-4111-8111-111111111111';
const KEY = objectKeys.original(DOCUMENT, 'bin');
const truth = { durable: true } as const;
const never = new AbortController().signal;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const MOST_BYTES = 100 * MIB;

const pieces = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));

describe('bytes on their way', () => {
  it.each([
    ['nothing', 0],
    ['one byte', 1],
    ['one byte less than 5 MiB', 5 * MIB - 1],
    ['5 MiB', 5 * MIB],
    ['one byte more than 5 MiB', 5 * MIB + 1],
    ['one part', 8 * MIB],
    ['one part and a byte', 8 * MIB + 1],
    ['40 MiB', 40 * MIB],
  ])('come back as they were: %s', async (_, sizeBytes) => {
    const store = await openS3ObjectStore(await newBucket());
    const body = randomBytes(sizeBytes);
    const staged = await store.stage(OWNER_A, streamOf(...pieces(body, 100_003)), MOST_BYTES, never);
    await staged.commit(KEY);
    expect(await store.info(OWNER_A, KEY)).toMatchObject({ sizeBytes });
    const hash = createHash('sha256');
    for await (const piece of store.read(OWNER_A, KEY)) hash.update(piece);
    expect(hash.digest('hex')).toBe(sha256(body));
    await store.put(OWNER_A, objectKeys.chunk(DOCUMENT, 0), body, { durable: false });
    expect(sha256((await store.get(OWNER_A, objectKeys.chunk(DOCUMENT, 0))) ?? body.subarray(1))).toBe(
      sha256(body),
    );
    await store.close();
  });

  it('come back as any part of an object that was sent in parts', async () => {
    const store = await openS3ObjectStore(await newBucket());
    const body = randomBytes(20 * MIB);
    await store.put(OWNER_A, KEY, body, truth);
    const ranges = [
      { start: 0, end: 1 },
      { start: 8 * MIB - 1, end: 8 * MIB + 1 },
      { start: 7 * MIB, end: 17 * MIB + 3 },
      { start: 20 * MIB - 1 },
      { start: 20 * MIB },
    ];
    for (const range of ranges) {
      const part = Buffer.concat(await Array.fromAsync(store.read(OWNER_A, KEY, range)));
      expect(part.equals(body.subarray(range.start, range.end))).toBe(true);
    }
    await store.close();
  });
});

describe('thirty-two writers at once', () => {
  const WRITERS = Array.from({ length: 32 }, (_, n) => n);

  it.each([truth, { durable: false }])('leave one whole object of one of them (%o)', async (options) => {
    const bucket = await newBucket();
    const stores = await Promise.all(WRITERS.map(() => openS3ObjectStore(bucket)));
    const bodies = WRITERS.map((n) => Buffer.alloc(300_000, n));
    await Promise.all(stores.map((store, n) => store.put(OWNER_A, KEY, bodies[n] ?? '', options)));
    const left = Buffer.concat(await Array.fromAsync(stores[0]?.read(OWNER_A, KEY, { start: 0 }) ?? []));
    expect(bodies.some((body) => body.equals(left))).toBe(true);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('of the same truth write it once', async () => {
    const bucket = await newBucket();
    const client = s3Client();
    await client.send(
      new PutBucketVersioningCommand({
        Bucket: bucket.bucket,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
    const store = await openS3ObjectStore(bucket);
    const staged = await Promise.all(
      WRITERS.map(() => store.stage(OWNER_A, streamOf('the same'), 10, never)),
    );
    await Promise.all(staged.map((each) => each.commit(KEY)));
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket.bucket }));
    expect(Versions).toHaveLength(1);
    expect(Buffer.from((await store.get(OWNER_A, KEY)) ?? []).toString()).toBe('the same');
    client.destroy();
    await store.close();
  });
});

describe('an owner of thousands of objects', () => {
  it('is listed and removed by pages', async () => {
    const store = await openS3ObjectStore(await newBucket());
    const numbers = Array.from({ length: 1_100 }, (_, n) => n);
    await mapBounded(numbers, 32, (n) =>
      store.put(OWNER_A, objectKeys.chunk(DOCUMENT, n), 'x', { durable: false }),
    );
    const everything = '' as ObjectKey;
    expect(await Array.fromAsync(store.list(OWNER_A, everything))).toHaveLength(1_100);
    expect(await store.removeAll(OWNER_A, everything)).toBe(1_100);
    expect(await Array.fromAsync(store.list(OWNER_A, everything))).toEqual([]);
    await store.close();
  });
});

describe('a download address', () => {
  it('opens that one object, until it expires', async () => {
    const store = await openS3ObjectStore(await newBucket());
    const [mine, other] = [0, 1].map((n) => objectKeys.chunk(DOCUMENT, n)) as [ObjectKey, ObjectKey];
    for (const key of [mine, other]) await store.put(OWNER_A, key, String(key), truth);
    const url = (await store.downloadUrl(OWNER_A, mine, { expiresInSeconds: 1, filename: 'mine.txt' })) ?? '';
    expect(await (await fetch(url)).text()).toBe(mine);
    expect((await fetch(url.replace('chunk_0', 'chunk_1'))).status).toBe(403);
    await expect.poll(async () => (await fetch(url)).status, { timeout: 5_000 }).toBe(403);
    await store.close();
  });
});
