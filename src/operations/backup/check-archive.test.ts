import { expect, test } from 'vitest';
import { archiveOf, type FakeArchiveFile } from '../../../test/fakes/archive.ts';
import { OWNER_A, OWNER_B } from '../../../test/fakes/ctx.ts';
import { checkArchive } from './check-archive.ts';
import { valuesOf } from './archive-format.ts';
import { tarEnd, tarHeader, tarPadding } from './write-tar.ts';

const NEVER = new AbortController().signal;

const head = (kind: 'space' | 'installation'): FakeArchiveFile => ({
  path: 'archive.json',
  text: JSON.stringify({
    format: 'jiwa-archive',
    version: 1,
    kind,
    name: 'mine',
    ownerId: OWNER_A,
    madeAt: 1,
    madeBy: '1',
    vectors: 'made-again',
    enterAgain: [],
  }),
});
const rows = (table: string): FakeArchiveFile => ({ path: `ledger/${table}.jsonl`, text: '{}\n' });
const object = (ownerId = OWNER_A): FakeArchiveFile => ({
  path: `tenant/${ownerId}/raw/a`,
  text: 'x',
});
const items = (ownerId = OWNER_A): FakeArchiveFile => ({
  path: `memory/${ownerId}/items-00001.jsonl`,
  text: '{}\n',
});

function sourceOf(bytes: Uint8Array) {
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  };
  return { sizeBytes: bytes.length, open };
}

const check = (bytes: Uint8Array) => checkArchive(sourceOf(bytes), () => undefined, NEVER);

test('an archive says whose things are in it', async () => {
  const files = [head('installation'), rows('accounts'), items(), object(), object(OWNER_B)];
  expect(await check(archiveOf(files))).toMatchObject({
    head: { kind: 'installation' },
    owners: [OWNER_A, OWNER_B],
  });
});

test.each([
  ['rows after what they tell of', [head('space'), object(), rows('documents')]],
  ['tables in another order', [head('space'), rows('documents'), rows('spaces')]],
  ['a table twice', [head('space'), rows('spaces'), rows('spaces')]],
  ['a second head', [head('space'), head('space')]],
  ['secrets in a space', [head('space'), rows('credentials')]],
  ['who is at work in a backup', [head('installation'), rows('processes')]],
  ['a table that JavaScript knows', [head('installation'), rows('constructor')]],
  ['an object of another space', [head('space'), object(OWNER_B)]],
  ['items of another space', [head('space'), items(OWNER_B)]],
])('an archive with %s is broken, though its manifest fits', async (_, files) => {
  await expect(check(archiveOf(files))).rejects.toMatchObject({ code: 'unreadable' });
});

test.each([
  ['no JSON', 'x\n'],
  ['no end', 'x'.repeat(5_000)],
])('a manifest whose first line has %s is no manifest', async (_, text) => {
  const files = [head('space'), { path: 'manifest.jsonl', text }];
  const parts = files.flatMap(({ path, text: { length }, text: content }) => [
    tarHeader(path, length, 0),
    Buffer.from(content),
    tarPadding(length),
  ]);
  await expect(check(Buffer.concat([...parts, tarEnd()]))).rejects.toMatchObject({ code: 'unreadable' });
});

test('a line without end is not waited for, and large lines come a few at a time', async () => {
  let sent = 0;
  const endless = async function* () {
    for (;;) {
      sent++;
      yield new Uint8Array(2 ** 20).fill(32);
    }
  };
  await expect(Array.fromAsync(valuesOf(endless(), 10))).rejects.toMatchObject({ code: 'unreadable' });
  expect(sent).toBeLessThan(300);
  const large = async function* () {
    for (let i = 0; i < 6; i++) yield Buffer.from(`${JSON.stringify('x'.repeat(5 * 2 ** 20))}\n`);
  };
  const runs = await Array.fromAsync(valuesOf(large(), 1_000), (run) => run.length);
  expect(Math.max(...runs)).toBeLessThanOrEqual(2);
});
