import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { ObjectKey } from '../../core/object-keys.ts';
import type { ByteRange, ObjectInfo, ObjectStore } from '../../ports/object-store.ts';
import { bytesOf } from './s3-body.ts';
import type { S3Connection } from './s3-connection.ts';
import { isNoObject, noObject, s3Code, s3Error, translated } from './s3-errors.ts';
import { bucketKey, bucketPrefix, ownKey } from './s3-keys.ts';

/** The most the protocol gives, or removes, at once. */
const PAGE = 1_000;

export function s3Reading(s3: S3Connection): Pick<ObjectStore, 'get' | 'read' | 'info' | 'list'> {
  return {
    get: (ownerId, key, signal) =>
      translated(async () => {
        const inBucket = bucketKey(ownerId, key);
        return s3.limited(() => unlessAbsent(() => whole(s3, inBucket, signal)));
      }),
    async *read(ownerId, key, range, signal) {
      const inBucket = bucketKey(ownerId, key);
      try {
        if (isEmpty(range)) await existing(s3, inBucket, signal);
        else yield* parts(s3, inBucket, range, signal);
      } catch (error) {
        throw s3Error(error);
      }
    },
    info: (ownerId, key) =>
      translated(async () => {
        const head = await headOf(s3, bucketKey(ownerId, key));
        return (
          head && {
            key,
            sizeBytes: head.ContentLength ?? 0,
            modifiedAt: head.LastModified?.getTime() ?? 0,
          }
        );
      }),
    async *list(ownerId, prefix, signal) {
      const inBucket = bucketPrefix(ownerId, prefix);
      try {
        for await (const page of pagesOf(s3, inBucket, signal)) {
          yield* page.map((object) => ({ ...object, key: ownKey(ownerId, object.key) }));
        }
      } catch (error) {
        throw s3Error(error);
      }
    },
  };
}

/** What is known of an object; `undefined` when there is none. */
export async function headOf(
  s3: S3Connection,
  key: string,
  signal?: AbortSignal,
): Promise<HeadObjectCommandOutput | undefined> {
  const head = new HeadObjectCommand({ Bucket: s3.bucket, Key: key });
  return unlessAbsent(() => s3.call((options) => s3.client.send(head, options), { signal }));
}

/** All objects under a prefix of the bucket in key order, by pages of at most 1,000. */
export async function* pagesOf(
  s3: S3Connection,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectInfo[]> {
  let ContinuationToken: string | undefined;
  do {
    const list = new ListObjectsV2Command({
      Bucket: s3.bucket,
      Prefix: prefix,
      MaxKeys: PAGE,
      ContinuationToken,
    });
    const page = await s3.call((options) => s3.client.send(list, options), { signal });
    yield (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
      key: Key as ObjectKey,
      sizeBytes: Size,
      modifiedAt: LastModified?.getTime() ?? 0,
    }));
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

async function whole(s3: S3Connection, key: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(parts(s3, key, undefined, signal)));
}

async function* parts(
  s3: S3Connection,
  key: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const get = new GetObjectCommand({ Bucket: s3.bucket, Key: key, Range: range && rangeHeader(range) });
  try {
    const answer = await s3.call((options) => s3.client.send(get, options), { signal });
    yield* bytesOf(answer, { patienceMs: s3.patienceMs, whole: range === undefined, signal });
  } catch (error) {
    // A range that begins after the end.
    if (s3Code(error) !== 'InvalidRange') throw error;
  }
}

function isEmpty(range: ByteRange | undefined): boolean {
  return range?.end !== undefined && range.end <= range.start;
}

function rangeHeader({ start, end }: ByteRange): string {
  return `bytes=${start}-${end === undefined ? '' : end - 1}`;
}

async function existing(s3: S3Connection, key: string, signal: AbortSignal | undefined): Promise<void> {
  if (!(await headOf(s3, key, signal))) throw noObject();
}

async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isNoObject(error)) return undefined;
    throw error;
  }
}
