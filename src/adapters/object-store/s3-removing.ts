import { createHash } from 'node:crypto';
import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { AppError } from '../../core/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { S3Connection } from './s3-connection.ts';
import { isNoObject, translated } from './s3-errors.ts';
import { bucketKey, bucketPrefix } from './s3-keys.ts';
import { pagesOf } from './s3-reading.ts';

export function s3Removing(s3: S3Connection): Pick<ObjectStore, 'remove' | 'removeAll'> {
  return {
    remove: (ownerId, key) =>
      translated(async () => {
        const remove = new DeleteObjectCommand({ Bucket: s3.bucket, Key: bucketKey(ownerId, key) });
        try {
          await s3.limited(() => s3.call((options) => s3.client.send(remove, options)));
        } catch (error) {
          if (!isNoObject(error)) throw error;
        }
      }),
    removeAll: (ownerId, prefix, signal) =>
      translated(async () => {
        let removed = 0;
        for await (const page of pagesOf(s3, bucketPrefix(ownerId, prefix), signal)) {
          const keys = page.map(({ key }) => key);
          if (keys.length > 0) await removeMany(s3, keys, signal);
          removed += keys.length;
        }
        return removed;
      }),
  };
}

/** Removes at most 1,000 objects by one call; throws `unavailable` when some of them stayed. */
async function removeMany(s3: S3Connection, keys: readonly string[], signal: AbortSignal | undefined) {
  const remove = new DeleteObjectsCommand({
    Bucket: s3.bucket,
    Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
  });
  withMd5(remove);
  const { Errors = [] } = await s3.call((options) => s3.client.send(remove, options), { signal });
  const [first] = Errors;
  if (first) {
    throw new AppError('unavailable', `The S3 server kept ${Errors.length} objects (${first.Code}).`, {
      details: { kept: Errors.length, code: first.Code },
    });
  }
}

/** Older servers take this call only with the header that newer ones replaced by checksums. */
function withMd5(command: DeleteObjectsCommand): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request?: { body?: unknown; headers: Record<string, string> } };
      if (request && typeof request.body === 'string') {
        request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
      }
      return next(args);
    },
    { step: 'build', name: 'content-md5' },
  );
}
