import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { aJob, testId } from '../../../../test/fakes/wire-views.ts';
import { EXIT } from '../exit-code.ts';

const IMPORTED = {
  ownerId: testId('1'),
  rows: 7,
  items: 3,
  objects: 2,
  enterAgain: ['model-provider:mine'],
};
const job = aJob({ kind: 'import-space', result: IMPORTED });
const script: Script = {
  backUp: () => new Uint8Array([1, 2, 3]),
  importSpace: () => ({ jobId: job.id }),
  getJob: () => job,
};

test('a backup goes into a folder under its time, into a file that is not there yet, or to the output; only its owner reads it', async () => {
  await using cli = await bench(script);
  const named = join(cli.folder, 'jiwa-backup-2026-07-01T12-00-00-000Z.tar');
  expect((await cli.run(['backup', cli.folder])).out).toBe(`Saved as ${named} (3 B).\n`);
  expect(cli.api.to('backUp')).toEqual([{ query: { name: 'jiwa-backup-2026-07-01T12-00-00-000Z' } }]);
  expect((await stat(named)).mode & 0o777).toBe(0o600);
  expect((await cli.run(['backup', named])).code).toBe(EXIT.failed);
  expect((await cli.run(['backup', '-'])).out).toBe('\u0001\u0002\u0003');
});

test('a backup is restored where no server runs, over what is here only when told', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['restore', 'b.tar'])).err).toContain('jiwa stop');
  const alone = await cli.run(['restore', 'b.tar'], { opened: true });
  expect(alone.fake.life).toEqual(['restored b.tar']);
  expect(alone.out).toContain('Restored jiwa-backup-x of 1 Jan 1970');
  const unasked = await cli.run(['restore', 'b.tar', '--replace'], { opened: true });
  expect([unasked.code, unasked.fake.life]).toEqual([EXIT.usage, []]);
  const told = await cli.run(['restore', 'b.tar', '--replace', '--yes'], { opened: true });
  expect(told.fake.life).toEqual(['restored b.tar in place of what was here']);
});

test('an archive that was compressed has to be unpacked first', async () => {
  await using cli = await bench(script);
  const file = join(cli.folder, 'all.tar.gz');
  await writeFile(file, new Uint8Array([0x1f, 0x8b, 8, 0]));
  for (const word of ['restore', 'import']) {
    const { code, err } = await cli.run([word, file], { opened: true });
    expect([code, err]).toEqual([EXIT.failed, expect.stringContaining('gunzip')]);
  }
});

test('an archive of a space is told from a chat history, and its import asks before it replaces and says what must be entered again', async () => {
  await using cli = await bench(script);
  const file = join(cli.folder, 'space.tar');
  await writeFile(file, `archive.json${'\0'.repeat(500)}`);
  expect((await cli.run(['import', file, '--replace'])).code).toBe(EXIT.usage);
  const { code, out } = await cli.run(['import', file, '--name', 'laptop', '--replace', '--yes']);
  expect(code).toBe(EXIT.ok);
  expect(out).toContain('7 rows, 3 items, 2 objects');
  expect(out).toContain('Enter the secret of model-provider:mine again.');
  expect(cli.api.to('importSpace')).toEqual([{ form: { name: 'laptop', replace: 'true' } }]);
});
