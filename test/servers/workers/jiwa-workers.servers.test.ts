import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../../src/wire/client.ts';
import { file } from '../../e2e/running-app.ts';
import { type TestDatabase, testDatabase } from '../postgres-database.ts';
import { newBucket, s3Client } from '../s3-bucket.ts';
import { serverVariable } from '../variables.ts';
import { clientOf, type JiwaProcess, startJiwa } from './jiwa-process.ts';

let database: TestDatabase;
let environment: Record<string, string>;
let processes: JiwaProcess[];
beforeEach(async () => {
  database = await testDatabase();
  processes = [];
  const bucket = await newBucket();
  environment = {
    JIWA_DATABASE_URL: database.url,
    JIWA_S3_BUCKET: bucket.bucket,
    JIWA_S3_ENDPOINT: bucket.endpoint ?? '',
    JIWA_S3_ACCESS_KEY: bucket.keys?.access ?? '',
    JIWA_S3_SECRET_KEY: bucket.keys?.secret ?? '',
    JIWA_REDIS_URL: serverVariable('JIWA_TEST_REDIS'),
    JIWA_REDIS_PREFIX: randomUUID(),
    JIWA_WEAVIATE_URL: serverVariable('JIWA_TEST_WEAVIATE'),
    JIWA_WEAVIATE_GRPC: serverVariable('JIWA_TEST_WEAVIATE_GRPC'),
    JIWA_WEAVIATE_PREFIX: `W${randomUUID().slice(0, 8)}`,
    JIWA_SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
});
afterEach(async () => {
  await Promise.all(processes.map((each) => each.end('SIGKILL')));
  await database.drop();
});

const start = async (...words: string[]): Promise<JiwaProcess> => {
  const started = await startJiwa(words, { ...environment, JIWA_WORK_QUEUES: 'none' });
  processes.push(started);
  return started;
};

async function keysUnder(part: string): Promise<string[]> {
  const client = s3Client();
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: environment['JIWA_S3_BUCKET'] }),
  );
  client.destroy();
  return Contents.flatMap(({ Key = '' }) => (Key.includes(`/${part}/`) ? Key : []));
}

async function untilReady(api: Client, limitMs: number) {
  for (const end = Date.now() + limitMs; ; await pause(200)) {
    const { items } = await api.call('listDocuments', { query: { limit: 100 } });
    if (items.every(({ status }) => status === 'ready')) return items;
    if (Date.now() > end) throw new Error(`not ready: ${JSON.stringify(items.map(({ status }) => status))}`);
  }
}

const DOCUMENTS = 8;

test('workers in processes of their own read what a server accepts, also when one is told to stop', async () => {
  const server = await start('start');
  const api = await clientOf(server);
  const workers = await Promise.all([
    start('worker', '--queues', 'ingestion,light', '--grace', '0'),
    start('worker', '--queues', 'ingestion,vectors', '--concurrency', '1'),
  ]);
  const uploads = Array.from({ length: DOCUMENTS }, (_, n) =>
    api.upload(file(`tea-${n}.txt`, `On day ${n} Mira drank green tea from Shizuoka.`)),
  );
  await Promise.all(uploads);
  expect(await workers[0].end('SIGTERM')).toBe(0);
  await untilReady(api, 60_000);
  const { items: jobs } = await api.call('listJobs', { query: { limit: 100, queue: 'ingestion' } });
  expect(jobs.map(({ status }) => status)).toEqual(jobs.map(() => 'done'));
  expect(jobs).toHaveLength(DOCUMENTS);
  expect(await keysUnder('chunks')).toHaveLength(DOCUMENTS);
  expect(await workers[1].end('SIGTERM')).toBe(0);
}, 120_000);
