import {
  AbortMultipartUploadCommand,
  GetBucketVersioningCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { Log } from '../../core/context.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type S3Connection, type S3ConnectionOptions, s3Connection } from './s3-connection.ts';
import { noS3, s3Code, s3Error } from './s3-errors.ts';
import { EVERYTHING } from './s3-keys.ts';
import { s3Links } from './s3-links.ts';
import { s3Reading } from './s3-reading.ts';
import { s3Removing } from './s3-removing.ts';
import { s3Writing } from './s3-writing.ts';
import { openTempFiles } from './temp-files.ts';

export interface S3ObjectStoreOptions extends S3ConnectionOptions {
  /**
   * A folder of this machine for what is received and has no key yet; made when it does not exist. What is there at
   * opening is a leftover, so only one store may have the folder open. Any number of stores may share the bucket.
   */
  readonly receivedFolder: string;
  readonly now: () => number;
  readonly log: Log;
}

/** An upload in parts that began longer ago belongs to a process that died. */
const LEFT_AFTER_MS = 24 * 3_600_000;

/** Objects in a bucket that exists already, `tenant/<owner>/<key>`. Throws `unavailable` when it cannot be used. */
export async function openS3ObjectStore(options: S3ObjectStoreOptions): Promise<ObjectStore> {
  const temps = await openTempFiles(options.receivedFolder);
  const s3 = s3Connection(options);
  try {
    await checkBucket(s3);
    await checkVersions(s3, options.log);
    await dropLeftUploads(s3, options);
  } catch (error) {
    s3.client.destroy();
    throw s3Error(error);
  }
  return {
    ...s3Writing(s3, temps),
    ...s3Reading(s3),
    ...s3Removing(s3),
    ...s3Links(s3),
    close: async () => s3.client.destroy(),
  };
}

/** A list and not a head: only its failures say what is wrong with bucket, keys or region. */
async function checkBucket(s3: S3Connection): Promise<void> {
  const list = new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: EVERYTHING, MaxKeys: 1 });
  const { Name } = await s3.call((options) => s3.client.send(list, options));
  // Any other server may say yes to everything, and keep nothing.
  if (Name !== s3.bucket) throw noS3();
}

/** Says so when the bucket keeps old versions: what is forgotten stays in them. */
async function checkVersions(s3: S3Connection, log: Log): Promise<void> {
  try {
    const ask = new GetBucketVersioningCommand({ Bucket: s3.bucket });
    const { Status } = await s3.call((options) => s3.client.send(ask, options));
    if (Status === 'Enabled') log.warn('bucket-keeps-versions', { bucket: s3.bucket });
  } catch (error) {
    log.debug('bucket-versions-unknown', { bucket: s3.bucket, code: s3Code(error) });
  }
}

/** Drops the parts that dead processes left: nobody can read them, but they are paid for. */
async function dropLeftUploads(s3: S3Connection, { now, log }: S3ObjectStoreOptions): Promise<void> {
  try {
    const list = new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: EVERYTHING });
    const { Uploads = [] } = await s3.call((options) => s3.client.send(list, options));
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (!Initiated || Initiated.getTime() > now() - LEFT_AFTER_MS) continue;
      const drop = new AbortMultipartUploadCommand({ Bucket: s3.bucket, Key, UploadId });
      await s3.call((options) => s3.client.send(drop, options));
    }
  } catch (error) {
    log.warn('left-uploads-not-dropped', { bucket: s3.bucket, code: s3Code(error) });
  }
}
