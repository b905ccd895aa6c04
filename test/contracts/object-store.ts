import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mapBounded } from '../../src/core/bounded.ts';
import { type ObjectKey, objectKeys } from '../../src/core/object-keys.ts';
import type { ByteRange, ObjectStore } from '../../src/ports/object-store.ts';
import { streamOf, textOf } from '../fakes/bytes.ts';
import { OWNER_A, OWNER_B } from '../fakes/ctx.ts';

const DOCUMENT = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const derived = { durable: false } as const;
const truth = { durable: true } as const;
const never = new AbortController().signal;

/**
 * The rules every driver of the object store keeps; `open` gives an empty one. Writing at the same time and staging
 * have a suite of their own beside this one.
 */
export function objectStoreContract(name: string, open: () => Promise<ObjectStore>) {
  describe(`object store contract: ${name}`, () => {
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
    const chunk = (n: number, document = DOCUMENT) => objectKeys.chunk(document, n);

    it.each([truth, derived])('gives back what was put (%o)', async (options) => {
      await store.put(OWNER_A, chunk(0), 'żółw 😀', options);
      await store.put(OWNER_A, chunk(1), new Uint8Array([0, 255, 10, 13]), options);
      expect(await text(OWNER_A, chunk(0))).toBe('żółw 😀');
      expect([...((await store.get(OWNER_A, chunk(1))) ?? [])]).toEqual([0, 255, 10, 13]);
    });

    it('keeps an empty object', async () => {
      await store.put(OWNER_A, chunk(0), '', truth);
      expect(await text(OWNER_A, chunk(0))).toBe('');
      expect(await textOf(store.read(OWNER_A, chunk(0)))).toBe('');
    });

    it('replaces an object', async () => {
      await store.put(OWNER_A, chunk(0), 'long before', derived);
      await store.put(OWNER_A, chunk(0), 'after', truth);
      expect(await text(OWNER_A, chunk(0))).toBe('after');
    });

    it('gives back any bytes under any key', async () => {
      const key = fc
        .record({ document: fc.uuid({ version: 4 }), chunk: fc.nat(), kind: fc.constantFrom('chunk', 'raw') })
        .map((made) =>
          made.kind === 'raw' ? objectKeys.original(made.document, 'pdf') : chunk(made.chunk, made.document),
        );
      await fc.assert(
        fc.asyncProperty(key, fc.uint8Array({ maxLength: 300 }), async (at, body) => {
          await store.put(OWNER_A, at, body, derived);
          expect([...((await store.get(OWNER_A, at)) ?? [])]).toEqual([...body]);
          expect(await store.info(OWNER_A, at)).toMatchObject({ key: at, sizeBytes: body.length });
        }),
        { numRuns: 50 },
      );
    });

    it('refuses a key that was not made by objectKeys', async () => {
      const part = fc.constantFrom(
        '..',
        '.',
        '',
        ' ',
        'a b',
        '.hidden',
        '-x',
        'a\0b',
        'é',
        '\\',
        'c:',
        '%2e',
      );
      const forged = fc
        .tuple(fc.array(fc.constantFrom('raw', 'chunks'), { maxLength: 3 }), part, fc.boolean())
        .map(([before, bad, more]) => [...before, bad, ...(more ? ['x.txt'] : [])].join('/') as ObjectKey);
      await fc.assert(
        fc.asyncProperty(forged, async (key) => {
          await expect(store.put(OWNER_A, key, 'x', derived)).rejects.toMatchObject({ code: 'internal' });
          await expect(store.get(OWNER_A, key)).rejects.toMatchObject({ code: 'internal' });
          await expect(store.info(OWNER_A, key)).rejects.toMatchObject({ code: 'internal' });
          await expect(store.remove(OWNER_A, key)).rejects.toMatchObject({ code: 'internal' });
          await expect(textOf(store.read(OWNER_A, key))).rejects.toMatchObject({ code: 'internal' });
        }),
        { numRuns: 60 },
      );
    });

    it('refuses an owner id that is no UUID', async () => {
      const owner = '../other';
      await expect(store.put(owner, chunk(0), 'x', derived)).rejects.toMatchObject({ code: 'internal' });
      await expect(store.get(owner, chunk(0))).rejects.toMatchObject({ code: 'internal' });
      await expect(keysOf(owner)).rejects.toMatchObject({ code: 'internal' });
      await expect(store.removeAll(owner, '' as ObjectKey)).rejects.toMatchObject({ code: 'internal' });
      await expect(store.stage(owner, streamOf('x'), 10, never)).rejects.toMatchObject({ code: 'internal' });
    });

    describe('absence', () => {
      it('gives undefined for an object that is not there', async () => {
        expect(await store.get(OWNER_A, chunk(0))).toBeUndefined();
        expect(await store.info(OWNER_A, chunk(0))).toBeUndefined();
      });

      it('throws not-found when a missing object is read as a stream', async () => {
        await expect(textOf(store.read(OWNER_A, chunk(0)))).rejects.toMatchObject({ code: 'not-found' });
      });

      it('takes a folder of objects for no object', async () => {
        await store.put(OWNER_A, chunk(0), 'x', derived);
        const folder = `chunks/${DOCUMENT}` as ObjectKey;
        expect(await store.get(OWNER_A, folder)).toBeUndefined();
        expect(await store.info(OWNER_A, folder)).toBeUndefined();
        await expect(textOf(store.read(OWNER_A, folder))).rejects.toMatchObject({ code: 'not-found' });
      });

      it('removes what is not there without a word', async () => {
        await store.remove(OWNER_A, chunk(0));
        expect(await store.removeAll(OWNER_A, objectKeys.chunks(DOCUMENT))).toBe(0);
      });
    });

    describe('isolation of owners', () => {
      beforeEach(() => store.put(OWNER_A, chunk(0), 'of a', derived));

      it('shows no object of another owner', async () => {
        expect(await store.get(OWNER_B, chunk(0))).toBeUndefined();
        expect(await store.info(OWNER_B, chunk(0))).toBeUndefined();
        expect(await keysOf(OWNER_B)).toEqual([]);
      });

      it('changes and removes no object of another owner', async () => {
        await store.put(OWNER_B, chunk(0), 'of b', derived);
        await store.remove(OWNER_B, chunk(0));
        await store.removeAll(OWNER_B, '' as ObjectKey);
        expect(await text(OWNER_A, chunk(0))).toBe('of a');
      });
    });

    describe('parts', () => {
      const body = Array.from({ length: 200_000 }, (_, n) => n % 251);
      beforeEach(() => store.put(OWNER_A, chunk(0), new Uint8Array(body), derived));

      it.each<[string, ByteRange]>([
        ['a middle', { start: 70_000, end: 140_000 }],
        ['an open end', { start: 199_990 }],
        ['more than there is', { start: 199_000, end: 900_000 }],
        ['nothing', { start: 5, end: 5 }],
        ['beyond the end', { start: 300_000, end: 300_010 }],
      ])('reads %s of an object', async (_, range) => {
        const read = Buffer.concat(await Array.fromAsync(store.read(OWNER_A, chunk(0), range)));
        expect(read.equals(Buffer.from(body.slice(range.start, range.end)))).toBe(true);
      });

      it('lets a reader stop early', async () => {
        for await (const piece of store.read(OWNER_A, chunk(0))) {
          expect(piece[1]).toBe(1);
          break;
        }
        await store.remove(OWNER_A, chunk(0));
        expect(await store.info(OWNER_A, chunk(0))).toBeUndefined();
      });
    });

    it('gives an address from which anybody can download an object under its name, or none', async () => {
      const key = objectKeys.original(DOCUMENT, 'txt');
      await store.put(OWNER_A, key, 'żółw', truth);
      const url = await store.downloadUrl(OWNER_A, key, { expiresInSeconds: 60, filename: `ż (1)'s.txt` });
      if (url === undefined) return;
      const answer = await fetch(url);
      expect(await answer.text()).toBe('żółw');
      expect(answer.headers.get('content-disposition')).toBe(
        "attachment; filename*=UTF-8''%C5%BC%20%281%29%27s.txt",
      );
    });

    describe('lists', () => {
      it('gives keys in the order of their characters whatever order they came in', async () => {
        const part = fc.constantFrom('a', 'a.txt', 'a-b', 'b', 'B', 'chunk_10.txt', 'chunk_9.txt', 'a_');
        const name = fc.constantFrom('x.txt', 'x', 'x-1', 'y.json', '0');
        const keys = fc.uniqueArray(
          fc
            .tuple(fc.array(part, { maxLength: 2 }), name)
            .map(([path, file]) => [...path, `${file}_f`].join('/')),
          { maxLength: 12 },
        );
        await fc.assert(
          fc.asyncProperty(keys, async (all) => {
            await store.removeAll(OWNER_A, '' as ObjectKey);
            for (const key of all) await store.put(OWNER_A, key as ObjectKey, key, derived);
            expect(await keysOf(OWNER_A)).toEqual([...all].sort());
          }),
          { numRuns: 40 },
        );
      });

      it('gives only what is under the prefix, with sizes and times', async () => {
        await store.put(OWNER_A, chunk(0), 'abc', derived);
        await store.put(OWNER_A, chunk(0, OTHER), 'no', derived);
        const found = await Array.fromAsync(store.list(OWNER_A, objectKeys.chunks(DOCUMENT)));
        expect(found).toEqual([
          { key: chunk(0), sizeBytes: 3, modifiedAt: expect.any(Number) as unknown as number },
        ]);
      });

      it('refuses a prefix that does not end with a slash', async () => {
        await expect(keysOf(OWNER_A, 'raw')).rejects.toMatchObject({ code: 'internal' });
      });

      it('lists more objects than one batch', async () => {
        await mapBounded(Array.from({ length: 300 }), 50, (_, n) =>
          store.put(OWNER_A, chunk(n), String(n), derived),
        );
        expect(await keysOf(OWNER_A, objectKeys.chunks(DOCUMENT))).toHaveLength(300);
      });
    });

    describe('removal', () => {
      it('removes one object and leaves those beside it', async () => {
        await store.put(OWNER_A, chunk(0), 'x', truth);
        await store.put(OWNER_A, chunk(1), 'y', truth);
        await store.remove(OWNER_A, chunk(0));
        expect(await keysOf(OWNER_A)).toEqual([chunk(1)]);
      });

      it('removes everything under a prefix and says how many objects went', async () => {
        for (let n = 0; n < 5; n++) await store.put(OWNER_A, chunk(n), 'x', derived);
        await store.put(OWNER_A, objectKeys.original(DOCUMENT, 'txt'), 'original', truth);
        await store.put(OWNER_A, chunk(0, OTHER), 'other', derived);
        expect(await store.removeAll(OWNER_A, objectKeys.chunks(DOCUMENT))).toBe(5);
        expect(await keysOf(OWNER_A)).toEqual([chunk(0, OTHER), objectKeys.original(DOCUMENT, 'txt')]);
      });

      it('removes everything of an owner by the empty prefix', async () => {
        await store.put(OWNER_A, chunk(0), 'x', derived);
        await store.put(OWNER_A, objectKeys.original(DOCUMENT, 'txt'), 'x', truth);
        expect(await store.removeAll(OWNER_A, '' as ObjectKey)).toBe(2);
        expect(await keysOf(OWNER_A)).toEqual([]);
      });

      it('takes new objects at places that were removed', async () => {
        await store.put(OWNER_A, chunk(0), 'x', truth);
        await store.removeAll(OWNER_A, objectKeys.chunks(DOCUMENT));
        await store.put(OWNER_A, chunk(0), 'again', truth);
        expect(await text(OWNER_A, chunk(0))).toBe('again');
      });
    });

    it('ends reading, listing and removing with aborted', async () => {
      await store.put(OWNER_A, chunk(0), 'x', derived);
      const aborted = AbortSignal.abort();
      const everything = '' as ObjectKey;
      await expect(store.get(OWNER_A, chunk(0), aborted)).rejects.toMatchObject({ code: 'aborted' });
      await expect(textOf(store.read(OWNER_A, chunk(0), undefined, aborted))).rejects.toMatchObject({
        code: 'aborted',
      });
      await expect(Array.fromAsync(store.list(OWNER_A, everything, aborted))).rejects.toMatchObject({
        code: 'aborted',
      });
      await expect(store.removeAll(OWNER_A, everything, aborted)).rejects.toMatchObject({ code: 'aborted' });
      expect(await text(OWNER_A, chunk(0))).toBe('x');
    });
  });
}
