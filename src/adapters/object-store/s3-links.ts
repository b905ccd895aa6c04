import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { S3Connection } from './s3-connection.ts';
import { translated } from './s3-errors.ts';
import { bucketKey } from './s3-keys.ts';

export function s3Links(s3: S3Connection): Pick<ObjectStore, 'downloadUrl'> {
  return {
    downloadUrl: (ownerId, key, { expiresInSeconds, filename }) =>
      translated(async () => {
        const get = new GetObjectCommand({
          Bucket: s3.bucket,
          Key: bucketKey(ownerId, key),
          // Never shown in the browser: an original may be a page with scripts.
          ResponseContentDisposition: `attachment; filename*=UTF-8''${encoded(filename)}`,
        });
        return getSignedUrl(s3.client, get, { expiresIn: expiresInSeconds });
      }),
  };
}

/** As RFC 5987 wants it: what `encodeURIComponent` leaves alone, too. */
function encoded(filename: string): string {
  return encodeURIComponent(filename).replaceAll(
    /['()*!]/g,
    (mark) => `%${mark.codePointAt(0)?.toString(16).toUpperCase()}`,
  );
}
