import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BUCKET, s3Answers } from '../../test/fakes/s3-answers.ts';
import { readConfig } from '../config.ts';
import { silentLog } from '../core/context.ts';
import { openObjects } from './open-objects.ts';
import { withSecretFiles } from './secret-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-objects-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const KEYS = ['JIWA_S3_ACCESS_KEY', 'JIWA_S3_SECRET_KEY'];
const opened = async (environment: NodeJS.ProcessEnv) =>
  openObjects({
    config: readConfig(
      await withSecretFiles({ JIWA_S3_BUCKET: BUCKET, JIWA_SECRETS: folder, ...environment }, KEYS),
    ),
    dataFolder: join(folder, 'data'),
    now: Date.now,
    log: silentLog,
  });

test('keys come from the environment, else from files', async () => {
  await using server = await s3Answers(() => undefined);
  await writeFile(join(folder, 'JIWA_S3_ACCESS_KEY'), 'from-file\n');
  await writeFile(join(folder, 'JIWA_S3_SECRET_KEY'), 'secret\n');
  await (await opened({ JIWA_S3_ENDPOINT: server.url })).close();
  expect(server.requests[0]?.headers.authorization).toContain('Credential=from-file/');
  await (await opened({ JIWA_S3_ENDPOINT: server.url, JIWA_S3_ACCESS_KEY: 'own' })).close();
  expect(server.requests.at(-1)?.headers.authorization).toContain('Credential=own/');
});

test('one key without the other is named', async () => {
  await expect(opened({ JIWA_S3_ACCESS_KEY: 'own' })).rejects.toThrow('not JIWA_S3_SECRET_KEY');
});
