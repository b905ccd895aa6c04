import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withSecretFiles } from './secret-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-secrets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a variable may lie as a file of its name; what is set wins, and no other file is read', async () => {
  await writeFile(join(folder, 'JIWA_DATABASE_URL'), 'postgres://jiwa:hush@db/jiwa\n');
  await writeFile(join(folder, 'JIWA_PORT'), '1\n');
  await writeFile(join(folder, 'PATH'), '/somewhere\n');
  const environment = { JIWA_SECRETS: folder, JIWA_PORT: '7000' };
  expect(await withSecretFiles(environment, ['JIWA_DATABASE_URL', 'JIWA_PORT', 'JIWA_HOST'])).toEqual({
    ...environment,
    JIWA_DATABASE_URL: 'postgres://jiwa:hush@db/jiwa',
  });
});

test('without a folder of secrets the environment is as it is', async () => {
  const environment = { JIWA_SECRETS: join(folder, 'nowhere') };
  expect(await withSecretFiles(environment, ['JIWA_PORT'])).toEqual(environment);
});
