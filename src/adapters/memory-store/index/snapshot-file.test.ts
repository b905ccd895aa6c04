import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readSnapshot, removeSnapshot, writeSnapshot } from './snapshot-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'jiwa-snapshot-'));
const path = join(folder, 'deep', 'one.index');
afterAll(() => rmSync(folder, { recursive: true }));

const parts = {
  numbers: { documents: 3, half: 0.5 },
  arrays: {
    wide: Float64Array.of(1.5, NaN),
    signed: Int32Array.of(-1, 2, 3),
    large: Uint32Array.of(4_294_967_295),
    bytes: new Uint8Array(0),
  },
  texts: { ids: ['a\nb', 'żółw', ''] },
};

describe('snapshot file', () => {
  test('gives back what was written, in place of what was there', () => {
    writeSnapshot(path, 'old', { numbers: {}, arrays: {}, texts: {} });
    writeSnapshot(path, 'new', parts);
    expect(readSnapshot(path, 'new')).toEqual(parts);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['one.index']);
  });

  test('of another name is not read', () => {
    writeSnapshot(path, 'mine', parts);
    expect(readSnapshot(path, 'yours')).toBeUndefined();
  });

  test('that is missing or was removed is not read', () => {
    writeSnapshot(path, 'mine', parts);
    removeSnapshot(path);
    removeSnapshot(path);
    expect(readSnapshot(path, 'mine')).toBeUndefined();
  });

  test('with any byte changed or cut off is not read', () => {
    writeSnapshot(path, 'mine', parts);
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, change, cut) => {
          const damaged = Uint8Array.from(whole);
          damaged[at] = (damaged[at] ?? 0) ^ change;
          writeFileSync(path, cut ? whole.subarray(0, at) : damaged);
          expect(readSnapshot(path, 'mine')).toBeUndefined();
        },
      ),
    );
  });
});
