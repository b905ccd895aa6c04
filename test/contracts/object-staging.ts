import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ObjectKey, objectKeys } from '../../src/core/object-keys.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { streamOf, textOf } from '../fakes/bytes.ts';
import { OWNER_A } from '../fakes/ctx.ts';

const DOCUMENT = '11111111-1111-4111-8111-111111111111';
const derived = { durable: false } as const;
const truth = { durable: true } as const;
const never = new AbortController().signal;

/** How every driver of the object store writes at the same time, and takes in streams; `open` gives an empty store. */
export function objectStagingContract(name: string, open: () => Promise<ObjectStore>) {
  describe(`object staging contract: ${name}`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const text = async (owner: string, key: ObjectKey) => {
      const bytes = await store.get(owner, key);
      return bytes && Buffer.from(bytes).toString();
    };
    const keysOf = async (owner: string, prefix = '') =>
      (await Array.fromAsync(store.list(owner, prefix as ObjectKey))).map(({ key }) => String(key));
    const chunk = (n: number) => objectKeys.chunk(DOCUMENT, n);

    describe('at the same time', () => {
      it('shows a reader one whole version of an object that is replaced', async () => {
        const versions = ['a', 'b'].map((letter) => letter.repeat(50_000));
        await store.put(OWNER_A, chunk(0), versions[0] ?? '', derived);
        const writes = Array.from({ length: 30 }, (_, n) =>
          store.put(OWNER_A, chunk(0), versions[n % 2] ?? '', derived),
        );
        const reads = await Promise.all(Array.from({ length: 30 }, () => text(OWNER_A, chunk(0))));
        await Promise.all(writes);
        for (const seen of reads) expect(versions).toContain(seen);
      });

      it('loses no put beside removals that empty its folder', async () => {
        for (let round = 0; round < 20; round++) {
          await store.put(OWNER_A, chunk(0), 'goes', derived);
          await Promise.all([
            store.remove(OWNER_A, chunk(0)),
            store.put(OWNER_A, chunk(1), 'stays', round % 2 === 0 ? truth : derived),
          ]);
          expect(await text(OWNER_A, chunk(1))).toBe('stays');
          await store.removeAll(OWNER_A, objectKeys.chunks(DOCUMENT));
        }
      });

      it('takes thousands of puts at once', async () => {
        await Promise.all(
          Array.from({ length: 2_000 }, (_, n) => store.put(OWNER_A, chunk(n), String(n), derived)),
        );
        expect(await keysOf(OWNER_A, objectKeys.chunks(DOCUMENT))).toHaveLength(2_000);
        expect(await text(OWNER_A, chunk(1_999))).toBe('1999');
      });
    });

    describe('staging', () => {
      const stage = (body: AsyncIterable<Uint8Array>, maxBytes = 1_000_000, signal: AbortSignal = never) =>
        store.stage(OWNER_A, body, maxBytes, signal);
      const original = objectKeys.original(DOCUMENT, 'txt');

      it('knows hash, size and head before the object has a place', async () => {
        const big = Buffer.alloc(150_000, 'jiwa ');
        const staged = await stage(
          streamOf(big.subarray(0, 10), big.subarray(10, 90_000), big.subarray(90_000)),
        );
        expect(staged.sizeBytes).toBe(150_000);
        expect(staged.sha256).toBe(createHash('sha256').update(big).digest('hex'));
        expect(Buffer.from(staged.head).equals(big.subarray(0, 65_536))).toBe(true);
        expect(await textOf(staged.read())).toBe(big.toString());
        expect(await keysOf(OWNER_A)).toEqual([]);
        await staged.discard();
      });

      it('moves the bytes to the key', async () => {
        const staged = await stage(streamOf('hello ', 'world'));
        await staged.commit(original);
        expect(await text(OWNER_A, original)).toBe('hello world');
      });

      it('keeps the object when discard follows commit', async () => {
        const staged = await stage(streamOf('kept'));
        await staged.commit(original);
        await staged.discard();
        expect(await text(OWNER_A, original)).toBe('kept');
      });

      it('stages an empty body', async () => {
        const staged = await stage(streamOf());
        await staged.commit(original);
        expect(await text(OWNER_A, original)).toBe('');
      });

      it('takes exactly the limit and refuses one byte more', async () => {
        await (await stage(streamOf('12345'), 5)).discard();
        await expect(stage(streamOf('123', '456'), 5)).rejects.toMatchObject({ code: 'too-large' });
      });

      it('passes on what the stream throws', async () => {
        const broken = async function* () {
          yield Buffer.from('a');
          throw new RangeError('cut off');
        };
        await expect(stage(broken())).rejects.toThrow('cut off');
      });

      it('ends with aborted while the stream is silent', async () => {
        const stopped = new AbortController();
        const silent = async function* () {
          yield Buffer.from('a');
          stopped.abort();
          await new Promise(() => {});
        };
        await expect(stage(silent(), 10, stopped.signal)).rejects.toMatchObject({ code: 'aborted' });
      });
    });
  });
}
