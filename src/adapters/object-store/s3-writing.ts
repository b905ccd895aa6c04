import type { ObjectStore, StagedObject } from '../../ports/object-store.ts';
import type { S3Connection } from './s3-connection.ts';
import { isConflict, s3Code, translated } from './s3-errors.ts';
import { bucketKey } from './s3-keys.ts';
import { headOf } from './s3-reading.ts';
import { fileSource, memorySource } from './s3-source.ts';
import { SHA256, type Upload, upload } from './s3-upload.ts';
import { ownerSegments } from './object-path.ts';
import { type Received, receive } from './staged-object.ts';
import type { TempFiles } from './temp-files.ts';

/** An object is there, or is just being written. */
const TAKEN = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);
/** Tries of an upload that collides with others: they last no longer than a call. */
const TRIES = 5;
/** The server has no conditional writes. */
const UNKNOWN_CONDITION = new Set(['NotImplemented', 'InvalidArgument', 'InvalidRequest']);

/** What is received lies in files of this machine until it has its key. */
export function s3Writing(s3: S3Connection, temps: TempFiles): Pick<ObjectStore, 'put' | 'stage'> {
  const write = writer(s3);
  const staged = (ownerId: string, received: Received): StagedObject => {
    const { path, ...content } = received;
    return {
      ...content,
      async commit(key) {
        await translated(async () => {
          await write({ key: bucketKey(ownerId, key), source: fileSource(received), truth: true });
        });
        await temps.drop(path);
      },
      discard: () => temps.drop(path),
    };
  };
  return {
    put: (ownerId, key, body, { durable }) =>
      translated(async () =>
        write({ key: bucketKey(ownerId, key), source: memorySource(body), truth: durable }),
      ),
    async stage(ownerId, body, maxBytes, signal) {
      ownerSegments(ownerId);
      return staged(ownerId, await receive(temps, body, maxBytes, signal));
    },
  };
}

/**
 * Truth is written where nothing is yet, so the same bytes that arrive again, or from several machines at once, leave
 * the object alone; other bytes replace it. A server without conditional writes replaces it always, whole: keys are
 * unique by id, so nothing is lost.
 */
function writer(s3: S3Connection): (each: Omit<Upload, 'onlyNew'>) => Promise<void> {
  let conditional = true;
  return async (each) => {
    const onlyNew = each.truth && conditional;
    try {
      return await pastConflicts(() => upload(s3, { ...each, onlyNew }));
    } catch (error) {
      if (await isThere(s3, each, error)) return;
      const unknown = UNKNOWN_CONDITION.has(s3Code(error) ?? '');
      if (!onlyNew || !(unknown || TAKEN.has(s3Code(error) ?? ''))) throw error;
      await pastConflicts(() => upload(s3, { ...each, onlyNew: false }));
      if (unknown) conditional = false;
    }
  };
}

/** Servers let one of two writers of a key fail; gateways over a folder also a writer beside one who empties it. */
async function pastConflicts(work: () => Promise<void>): Promise<void> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !isConflict(error)) throw error;
    }
  }
}

/** Whether a failed upload left these very bytes at their place: another's, or ours by a try whose answer got lost. */
async function isThere(
  s3: S3Connection,
  { key, source }: Pick<Upload, 'key' | 'source'>,
  error: unknown,
): Promise<boolean> {
  const code = s3Code(error) ?? '';
  if (!TAKEN.has(code) && code !== 'NoSuchUpload') return false;
  const there = await headOf(s3, key);
  return there?.Metadata?.[SHA256] === source.sha256 && there.ContentLength === source.sizeBytes;
}
