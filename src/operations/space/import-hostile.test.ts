import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeArchiveFile, forgedArchive, withFile } from '../../../test/fakes/archive.ts';
import { OWNER_A, OWNER_B } from '../../../test/fakes/ctx.ts';
import {
  asked,
  bury,
  closePlaces,
  exported,
  nothingIsThere,
  objectsIn,
  openPlaces,
  run,
  to,
} from '../../../test/fakes/moving-space.ts';
import { intentRow, jobRow, settingRow } from '../../../test/fakes/rows.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import { jsonLines } from '../backup/archive-format.ts';
import { tarHeader, tarPadding } from '../backup/write-tar.ts';

beforeEach(openPlaces);
afterEach(closePlaces);

/** The archive with another head, or with a file more before its end; the manifest is what it was. */
function forged(archive: Uint8Array, change: { head?: object; path?: string }): Uint8Array {
  const size = Number.parseInt(Buffer.from(archive.subarray(124, 135)).toString(), 8);
  const head = JSON.parse(Buffer.from(archive.subarray(512, 512 + size)).toString()) as object;
  const first = jsonLines([{ ...head, ...change.head }]);
  const rest = archive.subarray(512 + size + tarPadding(size).length);
  const more =
    change.path === undefined ? [] : [tarHeader(change.path, 3, 0), new Uint8Array([1, 2, 3]), tarPadding(3)];
  return Buffer.concat([
    tarHeader('archive.json', first.length, 0),
    first,
    tarPadding(first.length),
    ...more,
    rest,
  ]);
}

test.each([
  ['of a newer format', { head: { version: 2 } }, 'unsupported'],
  ['of an installation', { head: { kind: 'installation' } }, 'unsupported'],
  ['of something else', { head: { format: 'other' } }, 'unreadable'],
] as const)('an archive %s is refused at the door', async (_, change, code) => {
  await expect(asked(forged(await exported(), change))).rejects.toMatchObject({ code });
  await nothingIsThere();
});

test.each([
  `tenant/${OWNER_B}/raw/x/original.txt`,
  `tenant/${OWNER_A}/../x`,
  'ledger/nothing.jsonl',
  '/etc/passwd',
])('an archive with %s in it changes nothing', async (path) => {
  const row = await asked(forged(await exported(), { path }));
  await expect(run(row)).rejects.toMatchObject({ code: 'unreadable' });
  await bury(row);
  await nothingIsThere();
  expect(await objectsIn(to, OWNER_B)).toEqual([]);
});

const forging = async (change: (files: readonly FakeArchiveFile[]) => readonly FakeArchiveFile[]) =>
  forgedArchive(await exported(), change);
const line = (value: object) => `${JSON.stringify(value)}\n`;

test('an archive that says it is of the installation itself is refused, and takes nothing away', async () => {
  await to.ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('settings').insert(settingRow('kept')));
  const archive = await forging((files) =>
    files.map(({ path, text }) => ({
      path: path.replace(OWNER_A, SYSTEM_OWNER),
      text: path === 'archive.json' ? text.replace(OWNER_A, SYSTEM_OWNER) : text,
    })),
  );
  await expect(asked(archive)).rejects.toMatchObject({ code: 'unreadable' });
  expect(await to.ledger.readsOf(SYSTEM_OWNER).table('settings').count()).toBe(1);
});

test('rows of somebody else in an archive become rows of the space it is of', async () => {
  const intent = { ...intentRow({ kind: 'forget-document' }), ownerId: OWNER_B };
  const archive = await forging((files) => withFile(files, 'ledger/intents.jsonl', () => line(intent)));
  await run(await asked(archive));
  expect(await to.ledger.readsOf(OWNER_B).table('intents').count()).toBe(0);
  expect(await to.ledger.readsOf(OWNER_A).table('intents').count()).toBe(1);
});

test('work of the installation does not come with a space', async () => {
  const kinds = ['pull-model', 'migrate-from-postgres', 'import-space', 'erase-space'];
  const jobs = kinds.map((kind) => line({ ...jobRow({ kind }), ownerId: OWNER_A })).join('');
  await run(await asked(await forging((files) => withFile(files, 'ledger/jobs.jsonl', () => jobs))));
  expect(await to.ledger.readsOf(OWNER_A).table('jobs').count()).toBe(0);
});

test('who came along with a space joined it when it came: nobody is led into it before their own', async () => {
  const user = { ownerId: OWNER_A, id: 'you', name: 'You', role: 'editor', createdAt: 1, disabledAt: null };
  await run(await asked(await forging((files) => withFile(files, 'ledger/users.jsonl', () => line(user)))));
  const you = await to.ledger.readsOf(OWNER_A).table('users').get({ id: 'you' });
  expect(you?.createdAt).toBeGreaterThan(1);
});

test.each(['', '  ', 'x'.repeat(81)])('a space cannot be called %j', async (name) => {
  const archive = await forging((files) =>
    withFile(files, 'archive.json', (head) => line({ ...(JSON.parse(head) as object), name })),
  );
  await expect(asked(archive)).rejects.toMatchObject({ code: 'invalid-input' });
});
