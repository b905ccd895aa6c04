import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTar } from './read-tar.ts';
import { tarEnd, tarHeader, tarPadding } from './write-tar.ts';

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
}

function tarOf(files: readonly File[]): Uint8Array {
  const parts = files.flatMap(({ path, bytes }) => [
    tarHeader(path, bytes.length, 0),
    bytes,
    tarPadding(bytes.length),
  ]);
  return Buffer.concat([...parts, tarEnd()]);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const path = fc
  .array(fc.stringMatching(/^[a-z0-9_]{1,40}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const files = fc.array(fc.record({ path, bytes: fc.uint8Array({ maxLength: 2_000 }) }), { maxLength: 6 });

test('what was written is read again, however the bytes come in', async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 1, max: 3_000 }), async (written, size) => {
      const read: File[] = [];
      for await (const { path, content } of readTar(inPieces(tarOf(written), size)))
        read.push({ path, bytes: Uint8Array.from(Buffer.concat(await Array.fromAsync(content))) });
      expect(read).toEqual(written);
    }),
    { numRuns: 60 },
  );
});

test('what is not read of a file is passed over', async () => {
  const written = ['a', 'b'].map((path) => ({ path, bytes: new Uint8Array(700) }));
  const paths: string[] = [];
  for await (const { path } of readTar(inPieces(tarOf(written), 100))) paths.push(path);
  expect(paths).toEqual(['a', 'b']);
});

test.each([100, 600, 1_300])('an archive that breaks off after %i bytes is not whole', async (end) => {
  const bytes = tarOf([{ path: 'a', bytes: new Uint8Array(700) }]).subarray(0, end);
  await expect(Array.fromAsync(readTar(inPieces(bytes, 64)))).rejects.toMatchObject({ code: 'unreadable' });
});

test.each([[0], [124], [156], [345]])('a header that was changed at %i is refused', async (at) => {
  const bytes = Uint8Array.from(tarOf([{ path: 'a', bytes: new Uint8Array(10) }]));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await expect(Array.fromAsync(readTar(inPieces(bytes, 512)))).rejects.toMatchObject({ code: 'unreadable' });
});
