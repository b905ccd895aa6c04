import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApp, file, runningApp } from '../e2e/running-app.ts';
import { newBucket, s3Client } from './s3-bucket.ts';

let run: RunningApp;
let bucket: string;
beforeAll(async () => {
  const options = await newBucket();
  bucket = options.bucket;
  run = await runningApp({
    JIWA_S3_BUCKET: bucket,
    JIWA_S3_ENDPOINT: options.endpoint,
    JIWA_S3_ACCESS_KEY: options.keys?.access,
    JIWA_S3_SECRET_KEY: options.keys?.secret,
  });
});
afterAll(() => run.end());

async function keysLeft(): Promise<string[]> {
  const client = s3Client();
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  client.destroy();
  return Contents.map(({ Key = '' }) => Key);
}

test('documents and conversations live in the bucket alone, outlast a restart, and are forgotten there', async () => {
  const text = 'Mira drinks green tea from Shizuoka every morning.';
  const { document } = await run.api.upload(file('tea.txt', text));
  await run.settled();
  const session = await run.api.call('createSession', { body: { title: 'Tea' } });
  const said = { text: 'What does Mira drink?', clientId: 'one' };
  const events = await Array.fromAsync(run.api.send(session.id, said));
  expect(JSON.stringify(events)).toContain('Shizuoka');
  await run.settled();
  const keys = await keysLeft();
  for (const place of ['raw', 'chunks', 'chats']) {
    expect(keys.some((key) => new RegExp(`^tenant/[0-9a-f-]{36}/${place}/`).test(key))).toBe(true);
  }
  run = await run.restarted();
  expect(await new Response(await run.api.original(document.id)).text()).toBe(text);
  expect((await run.api.call('doctor', {})).checks.filter((check) => !check.ok)).toEqual([]);
  await run.api.call('deleteDocument', { params: { id: document.id } });
  await run.api.call('deleteSession', { params: { id: session.id } });
  await run.settled();
  expect(await keysLeft()).toEqual([]);
  expect(await readdir(join(run.folder, 'received'))).toEqual([]);
  expect(await readdir(run.folder)).not.toContain('objects');
});
