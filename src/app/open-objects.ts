import { join } from 'node:path';
import { openFolderObjectStore } from '../adapters/object-store/folder-object-store.ts';
import type { Config, S3Bucket } from '../config.ts';
import type { Log } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';

export interface OpenObjectsOptions {
  readonly config: Pick<Config, 'bucket'>;
  readonly dataFolder: string;
  readonly now: () => number;
  readonly log: Log;
}

/** The objects in the bucket that the configuration names, else in a folder. */
export async function openObjects({
  config,
  dataFolder,
  now,
  log,
}: OpenObjectsOptions): Promise<ObjectStore> {
  const { bucket } = config;
  if (bucket === undefined) return openFolderObjectStore({ folder: join(dataFolder, 'objects') });
  const keys = keysOf(bucket);
  // Half a second to load, which a start without S3 must not pay.
  const { openS3ObjectStore } = await import('../adapters/object-store/s3-object-store.ts');
  return openS3ObjectStore({
    bucket: bucket.name,
    ...(bucket.endpoint !== undefined && { endpoint: bucket.endpoint }),
    region: bucket.region,
    ...(keys && { keys }),
    receivedFolder: join(dataFolder, 'received'),
    now,
    log,
  });
}

/** `undefined` leaves it to AWS's usual places. */
function keysOf({ accessKey: access, secretKey: secret }: S3Bucket) {
  if (access !== undefined && secret !== undefined) return { access, secret };
  if (access === undefined && secret === undefined) return undefined;
  const [there, missing] = access === undefined ? ['SECRET', 'ACCESS'] : ['ACCESS', 'SECRET'];
  throw new AppError('invalid-input', `JIWA_S3_${there}_KEY is set, but not JIWA_S3_${missing}_KEY.`);
}
