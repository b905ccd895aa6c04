import type { ObjectKey } from '../../core/object-keys.ts';
import { keySegments, ownerSegments, prefixSegments } from './object-path.ts';

/** Everything of Jiwa in a bucket. */
export const EVERYTHING = 'tenant/';

/** The key in the bucket: `tenant/<owner>/<key>`. */
export function bucketKey(ownerId: string, key: ObjectKey): string {
  return [...ownerSegments(ownerId), ...keySegments(key)].join('/');
}

/** The prefix in the bucket; that of the owner for the empty one. */
export function bucketPrefix(ownerId: string, prefix: ObjectKey): string {
  return [...ownerSegments(ownerId), ...prefixSegments(prefix), ''].join('/');
}

/** The part of a key in the bucket that is the owner's. */
export function ownKey(ownerId: string, inBucket: string): ObjectKey {
  return inBucket.slice(bucketPrefix(ownerId, '' as ObjectKey).length) as ObjectKey;
}
