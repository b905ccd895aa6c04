import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamOf } from '../../../test/fakes/bytes.ts';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import { type FaultyProxy, faultyProxy } from '../../../test/fakes/faulty-proxy.ts';
import { newBucket, s3Client } from '../../../test/servers/s3-bucket.ts';
import { serverVariable } from '../../../test/servers/variables.ts';
import { type ObjectKey, objectKeys } from '../../core/object-keys.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type S3ObjectStoreOptions, openS3ObjectStore } from './s3-object-store.ts';

const MIB = 1_048_576;
const KEY = objectKeys.original('11111111-1111-4111-8111-111111111111', 'bin');
const EVERYTHING = '' as ObjectKey;
const truth = { durable: true } as const;
const never = new AbortController().signal;
const down = { code: 'unavailable' };
/** A failure may take no longer; a dead server is not waited for. */
const FAST_MS = 3_000;
const DAY_MS = 24 * 3_600_000;

let proxy: FaultyProxy;
let options: S3ObjectStoreOptions;
let store: ObjectStore;
beforeEach(async () => {
  proxy = await faultyProxy(serverVariable('JIWA_TEST_S3'));
  options = { ...(await newBucket()), endpoint: proxy.url, patienceMs: 300 };
  store = await openS3ObjectStore(options);
});
afterEach(async () => {
  await store.close();
  await proxy[Symbol.asyncDispose]();
});

async function uploadsLeft(): Promise<number> {
  const client = s3Client();
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }));
  client.destroy();
  return Uploads.length;
}

async function readUntilFailure(onFirst: () => void): Promise<void> {
  let first = true;
  for await (const _ of store.read(OWNER_A, KEY)) {
    if (first) onFirst();
    first = false;
  }
}

/** Turns one bit of the first large piece that passes: the body, not the head. */
function flipOnce(): (piece: Buffer) => Buffer {
  let flipped = false;
  return (piece) => {
    if (flipped || piece.length < 10_000) return piece;
    flipped = true;
    const changed = Buffer.from(piece);
    changed[9_000] = (changed[9_000] ?? 0) ^ 1;
    return changed;
  };
}

describe('a server that goes away', () => {
  it.each(['gone', 'silent'] as const)('ends a read that has begun (%s)', async (state) => {
    await store.put(OWNER_A, KEY, randomBytes(20 * MIB), truth);
    await expect(readUntilFailure(() => proxy.become(state))).rejects.toMatchObject(down);
  });

  it('ends a read that is cancelled while the server is silent', async () => {
    await store.put(OWNER_A, KEY, randomBytes(20 * MIB), truth);
    const cancel = new AbortController();
    const reading = store.read(OWNER_A, KEY, undefined, cancel.signal)[Symbol.asyncIterator]();
    await reading.next();
    proxy.become('silent');
    cancel.abort();
    const rest = async () => {
      while (!(await reading.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is waited for at length once, until it answers again', async () => {
    const timed = async (work: () => Promise<unknown>) => {
      const startedAt = performance.now();
      await expect(work()).rejects.toMatchObject(down);
      return performance.now() - startedAt;
    };
    proxy.become('silent');
    expect(await timed(() => store.info(OWNER_A, KEY))).toBeGreaterThan(280);
    expect(await timed(() => store.info(OWNER_A, KEY))).toBeLessThan(200);
    proxy.become('gone');
    proxy.become('passing');
    expect(await store.info(OWNER_A, KEY)).toBeUndefined();
  });

  it('ends a write that has begun, shows nothing of it, and takes it when it is back', async () => {
    const body = randomBytes(40 * MIB);
    const staged = await store.stage(OWNER_A, streamOf(body), body.length, never);
    let passed = 0;
    proxy.onRequestBytes = (piece) => {
      passed += piece.length;
      if (passed > 12 * MIB) proxy.become('gone');
      return piece;
    };
    await expect(staged.commit(KEY)).rejects.toMatchObject(down);
    proxy.onRequestBytes = (piece) => piece;
    proxy.become('passing');
    expect(await store.info(OWNER_A, KEY)).toBeUndefined();
    await staged.commit(KEY);
    expect(Buffer.from((await store.get(OWNER_A, KEY)) ?? []).equals(body)).toBe(true);
    expect(await readdir(options.receivedFolder)).toEqual([]);
    expect(await uploadsLeft()).toBe(1);
    await (await openS3ObjectStore(options)).close();
    expect(await uploadsLeft()).toBe(1);
    await (await openS3ObjectStore({ ...options, now: () => Date.now() + DAY_MS + 1_000 })).close();
    expect(await uploadsLeft()).toBe(0);
  });

  it.each(['gone', 'silent'] as const)('fails every call fast (%s)', async (state) => {
    proxy.become(state);
    const started = Date.now();
    const calls = [
      store.put(OWNER_A, KEY, 'x', truth),
      store.get(OWNER_A, KEY),
      store.info(OWNER_A, KEY),
      store.remove(OWNER_A, KEY),
      store.removeAll(OWNER_A, EVERYTHING),
      Array.fromAsync(store.list(OWNER_A, EVERYTHING)),
      openS3ObjectStore(options),
    ];
    await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(down)));
    expect(Date.now() - started).toBeLessThan(FAST_MS);
  });
});

describe('bytes that change on their way', () => {
  it('are not taken by the server', async () => {
    proxy.onRequestBytes = flipOnce();
    await expect(store.put(OWNER_A, KEY, randomBytes(100_000), truth)).rejects.toMatchObject(down);
    expect(await store.info(OWNER_A, KEY)).toBeUndefined();
  });

  it('are not taken as a part, and the other parts do not stay', async () => {
    proxy.onRequestBytes = flipOnce();
    await expect(store.put(OWNER_A, KEY, randomBytes(20 * MIB), truth)).rejects.toMatchObject(down);
    expect(await uploadsLeft()).toBe(0);
    expect(await store.info(OWNER_A, KEY)).toBeUndefined();
  });

  it('are not given out as the truth that was stored', async () => {
    await store.put(OWNER_A, KEY, randomBytes(100_000), truth);
    proxy.onAnswerBytes = flipOnce();
    await expect(store.get(OWNER_A, KEY)).rejects.toMatchObject(down);
  });
});

describe('a configuration that is wrong', () => {
  const opened = (wrong: Partial<S3ObjectStoreOptions>) =>
    openS3ObjectStore({ ...options, patienceMs: 5_000, ...wrong });
  const keys = (access: string, secret: string) => ({ keys: { access, secret } });
  const known = serverVariable('JIWA_TEST_S3_ACCESS_KEY');

  it.each<[string, Partial<S3ObjectStoreOptions>, RegExp]>([
    ['an access key nobody knows', keys('nobody', 'secret'), /does not know the access key/],
    ['a wrong secret key', keys(known, 'wrong'), /secret key does not fit/],
    ['a bucket that is not there', { bucket: 'jiwa-nowhere' }, /bucket does not exist/],
    ['a port where nothing listens', { endpoint: 'http://127.0.0.1:9' }, /ECONNREFUSED/],
    ['a name nobody has', { endpoint: 'http://s3.jiwa.invalid' }, /ENOTFOUND|EAI_AGAIN|in time/],
  ])('is named at opening: %s', async (_, wrong, message) => {
    const failure = opened(wrong);
    await expect(failure).rejects.toMatchObject(down);
    await expect(failure).rejects.toThrow(message);
  });

  it('is refused when something else than S3 answers', async () => {
    const garbage = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    }).listen(0, '127.0.0.1');
    await once(garbage, 'listening');
    const endpoint = `http://127.0.0.1:${(garbage.address() as AddressInfo).port}`;
    await expect(opened({ endpoint })).rejects.toMatchObject(down);
    garbage.close();
  });
});
