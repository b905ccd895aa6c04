import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

test('an empty variable is one that is not set', async () => {
  await writeFile(join(folder, 'JIWA_REDIS_URL'), 'redis://redis:6379\n');
  const environment = { JIWA_SECRETS: folder, JIWA_REDIS_URL: '' };
  expect(await withSecretFiles(environment, ['JIWA_REDIS_URL'])).toMatchObject({
    JIWA_REDIS_URL: 'redis://redis:6379',
  });
});

test('a file that is there and says nothing is no variable that is not set', async () => {
  await writeFile(join(folder, 'JIWA_REDIS_URL'), '\n');
  // What Docker makes of a bind mount whose source is missing.
  await mkdir(join(folder, 'JIWA_DATABASE_URL'));
  const read = (name: string) => withSecretFiles({ JIWA_SECRETS: folder }, [name]);
  await expect(read('JIWA_REDIS_URL')).rejects.toThrow(`JIWA_REDIS_URL: its file in ${folder} is empty.`);
  await expect(read('JIWA_DATABASE_URL')).rejects.toThrow('JIWA_DATABASE_URL: its file in');
});

test('the usual folder need not be there, one that is named must', async () => {
  expect(await withSecretFiles({ PATH: '/bin' }, ['JIWA_PORT'])).toEqual({ PATH: '/bin' });
  const absent = withSecretFiles({ JIWA_SECRETS: join(folder, 'nowhere') }, ['JIWA_PORT']);
  await expect(absent).rejects.toThrow('JIWA_SECRETS: the folder');
});
