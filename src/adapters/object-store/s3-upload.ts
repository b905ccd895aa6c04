import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mapBounded } from '../../core/bounded.ts';
import type { S3Connection } from './s3-connection.ts';
import { noS3 } from './s3-errors.ts';
import type { Source } from './s3-source.ts';

/**
 * The name under which the hash of truth lies beside it, as metadata that every server keeps. Derived objects have none:
 * they are replaced, and gateways that keep metadata in a file of its own mix two versions that come at once.
 */
export const SHA256 = 'sha256';

const MIB = 1_048_576;
/** Larger objects go in parts. The protocol asks for 5 MiB at least but for the last, and takes 10,000 of them. */
const PART_BYTES = 8 * MIB;
const MOST_PARTS = 10_000;
/** Parts of one object at once. */
const PARALLEL = 4;
/** The server may have to put thousands of parts together; it counts as so many bytes sent. */
const COMPLETION_BYTES = 8 * MIB;

export interface Upload {
  /** The key in the bucket. */
  readonly key: string;
  readonly source: Source;
  readonly truth: boolean;
  /** Only where no object is yet; fails with `PreconditionFailed` when there is one. */
  readonly onlyNew: boolean;
}

/** Sends an object, in one piece or in parts; it is there whole or not at all. Errors: those of the SDK. */
export async function upload(s3: S3Connection, each: Upload): Promise<void> {
  if (each.source.sizeBytes > PART_BYTES) await sendParts(s3, each);
  else await sendWhole(s3, each);
}

function targetOf(s3: S3Connection, { key, source, truth }: Upload) {
  return {
    Bucket: s3.bucket,
    Key: key,
    ContentType: 'application/octet-stream',
    ...(truth && { Metadata: { [SHA256]: source.sha256 } }),
  };
}

function condition({ onlyNew }: Upload) {
  return onlyNew ? { IfNoneMatch: '*' } : {};
}

function sendWhole(s3: S3Connection, each: Upload): Promise<void> {
  const { sizeBytes } = each.source;
  return s3.limited(async () => {
    const Body = await each.source.slice(0, sizeBytes);
    const put = new PutObjectCommand({ ...targetOf(s3, each), ...condition(each), Body });
    const { ETag } = await s3.call((options) => s3.client.send(put, options), { sizeBytes });
    if (!ETag) throw noS3();
  });
}

async function sendParts(s3: S3Connection, each: Upload): Promise<void> {
  const target = targetOf(s3, each);
  const create = new CreateMultipartUploadCommand(target);
  const { UploadId } = await s3.call((options) => s3.client.send(create, options));
  const place = { Bucket: target.Bucket, Key: target.Key, UploadId };
  try {
    const Parts = await mapBounded(partsOf(each.source.sizeBytes), PARALLEL, ({ start, end }, index) =>
      s3.limited(async () => {
        const PartNumber = index + 1;
        const Body = await each.source.slice(start, end);
        const send = new UploadPartCommand({ ...place, PartNumber, Body });
        const { ETag } = await s3.call((options) => s3.client.send(send, options), {
          sizeBytes: end - start,
        });
        return { PartNumber, ETag };
      }),
    );
    const complete = new CompleteMultipartUploadCommand({
      ...place,
      ...condition(each),
      MultipartUpload: { Parts },
    });
    await s3.call((options) => s3.client.send(complete, options), { sizeBytes: COMPLETION_BYTES });
  } catch (error) {
    await dropParts(s3, place);
    throw error;
  }
}

/** All of one size, the last may be smaller. */
function partsOf(sizeBytes: number): { readonly start: number; readonly end: number }[] {
  const size = Math.max(PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS));
  return Array.from({ length: Math.ceil(sizeBytes / size) }, (_, index) => ({
    start: index * size,
    end: Math.min((index + 1) * size, sizeBytes),
  }));
}

/** Removes the parts of an upload that failed. */
async function dropParts(
  s3: S3Connection,
  place: { Bucket: string; Key: string; UploadId: string | undefined },
) {
  try {
    await s3.call((options) => s3.client.send(new AbortMultipartUploadCommand(place), options));
  } catch {
    // The server is gone, or has ended the upload already; what it still holds is swept when a store opens later.
  }
}
