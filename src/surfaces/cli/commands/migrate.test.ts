import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { aJob } from '../../../../test/fakes/wire-views.ts';
import type { MigrationReport } from '../../../wire/migration.ts';

const ADDRESS = 'postgres://reader:secret@db.example/old';
const REPORT: MigrationReport = {
  dryRun: true,
  source: 'old',
  tables: [
    {
      table: 'public.PromptSessions',
      key: 'id',
      rows: 1_000,
      read: 1_000,
      mapped: { prompt: 'prompt', response: 'answer' },
      unmapped: ['tokens'],
    },
  ],
  users: [{ user: 'mira', rows: 1_000 }],
  messages: 1_990,
  exchanges: 990,
  states: 0,
  newMessages: 0,
  files: 0,
  resumed: false,
  problems: [{ reason: 'no answer', count: 10, examples: ['PromptSessions 7'] }],
  advice: ['There is no table BiometricData: no states.'],
};

function migratingApi(bodies: unknown[]) {
  const last = aJob({ result: REPORT });
  return {
    migrateFromPostgres(input: { readonly body: unknown }) {
      bodies.push(input.body);
      return { jobId: last.id };
    },
    getJob: () => last,
  };
}

test('a dry run tells what would be moved, by which columns, and what cannot be mapped', async () => {
  const bodies: unknown[] = [];
  await using cli = await bench(migratingApi(bodies));
  const mapping = join(cli.folder, 'mapping.json');
  await writeFile(mapping, '{"sessions": {"columns": {"prompt": "ask"}}}');
  const words = ['--from', ADDRESS, '--mapping', mapping, '--user', '42', '--dry-run'];
  const ran = await cli.run(['migrate-from-postgres', ...words]);
  expect(ran.code).toBe(0);
  expect(bodies).toMatchObject([
    { from: ADDRESS, user: '42', dryRun: true, mapping: { sessions: { columns: { prompt: 'ask' } } } },
  ]);
  expect(ran.out).toContain('public.PromptSessions: read 1,000 of 1,000 rows by id');
  expect(ran.out).toContain(
    'used: prompt as prompt, response as answer'.replace('prompt as prompt', 'prompt'),
  );
  expect(ran.out).toContain('Would be moved: 1,990 messages, 990 exchanges, 0 states. Nothing was written.');
  expect(ran.out).toContain('10 × no answer, for example PromptSessions 7');
});

test('the address comes from the environment when it is not given', async () => {
  const bodies: unknown[] = [];
  await using cli = await bench(migratingApi(bodies));
  const host = { oldDatabaseUrl: ADDRESS };
  expect((await cli.run(['migrate-from-postgres', '--no-wait'], { host })).out).toContain('jiwa jobs show');
  expect(bodies).toMatchObject([{ from: ADDRESS, dryRun: false }]);
});

test('no address, a wrong one and a wrong mapping end with 2, and nothing shows a password', async () => {
  await using cli = await bench(migratingApi([]));
  const mapping = join(cli.folder, 'mapping.json');
  await writeFile(mapping, '{"sessions": {"colums": {}}}');
  expect((await cli.run(['migrate-from-postgres'])).code).toBe(2);
  const wrong = await cli.run(['migrate-from-postgres', '--from', 'mysql://a:secret@b/c']);
  expect([wrong.code, wrong.err.includes('secret')]).toEqual([2, false]);
  const ran = await cli.run(['migrate-from-postgres', '--from', ADDRESS, '--mapping', mapping]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('colums');
});
