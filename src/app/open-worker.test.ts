import { expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { openWorker } from './open-worker.ts';

test('a worker refuses to start over stores of its own, naming every variable that is missing', async () => {
  const config = readConfig(
    { JIWA_S3_BUCKET: 'jiwa', JIWA_REDIS_URL: 'redis://localhost', JIWA_LOG: 'silent' },
    '/nowhere',
  );
  await expect(openWorker(config, { queues: ['light'], concurrency: 1, graceMs: 0 })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('not set: JIWA_DATABASE_URL, JIWA_WEAVIATE_URL.') as string,
  });
});
