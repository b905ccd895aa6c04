import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3ObjectStoreOptions } from '../../src/adapters/object-store/s3-object-store.ts';
import { silentLog } from '../../src/core/context.ts';
import { serverVariable } from './variables.ts';

/** A client of the S3 server of this run, for what stores do not do. */
export function s3Client(): S3Client {
  return new S3Client({
    endpoint: serverVariable('JIWA_TEST_S3'),
    region: 'us-east-1',
    credentials: {
      accessKeyId: serverVariable('JIWA_TEST_S3_ACCESS_KEY'),
      secretAccessKey: serverVariable('JIWA_TEST_S3_SECRET_KEY'),
    },
    forcePathStyle: true,
  });
}

/** A new, empty bucket of the S3 server of this run, with all that opens a store over it. */
export async function newBucket(): Promise<S3ObjectStoreOptions> {
  const bucket = `jiwa-${randomUUID()}`;
  const client = s3Client();
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return {
    bucket,
    endpoint: serverVariable('JIWA_TEST_S3'),
    region: 'us-east-1',
    keys: {
      access: serverVariable('JIWA_TEST_S3_ACCESS_KEY'),
      secret: serverVariable('JIWA_TEST_S3_SECRET_KEY'),
    },
    receivedFolder: await mkdtemp(join(tmpdir(), 'jiwa-s3-')),
    now: Date.now,
    log: silentLog,
  };
}
