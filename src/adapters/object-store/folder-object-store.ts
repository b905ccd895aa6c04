import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectKey } from '../../core/object-keys.ts';
import { AppError } from '../../core/errors.ts';
import type { ByteRange, ObjectStore, StagedObject } from '../../ports/object-store.ts';
import { syncFolder } from '../connections/sync-folder.ts';
import { diskError } from './disk-errors.ts';
import { limiter } from '../connections/limiter.ts';
import { type ObjectFolders, objectFolders } from './object-folders.ts';
import { keySegments, ownerFolder, prefixSegments } from './object-path.ts';
import { infoOf, isAbsent, removeEmptyFolder, removeFile, removeTree, walkObjects } from './object-walk.ts';
import { type ObjectWriter, objectWriter } from './object-writer.ts';
import { type Received, receive } from './staged-object.ts';
import { openTempFiles } from './temp-files.ts';

export interface FolderObjectStoreOptions {
  /**
   * Made when it does not exist. Objects lie in `tenant/<owner>/<key>`, files being written in `tmp/`: what is there at
   * opening is a leftover, so only one store may have the folder open.
   */
  readonly folder: string;
}

/** Files open at once; more only wait for the four threads that Node's file system calls run on. */
const PARALLEL = 32;
/** A link planted inside the store is never followed. Absent on Windows. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Objects as files of a folder of this machine. */
export async function openFolderObjectStore(options: FolderObjectStoreOptions): Promise<ObjectStore> {
  try {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const root = await realpath(options.folder);
    const temps = await openTempFiles(join(root, 'tmp'));
    const folders = objectFolders(root);
    const store = { root, folders, temps, writer: objectWriter(folders, temps) };
    return { ...writing(store), ...reading(store), ...removing(store), async close() {} };
  } catch (error) {
    throw diskError(error);
  }
}

interface Store {
  readonly root: string;
  readonly folders: ObjectFolders;
  readonly temps: Awaited<ReturnType<typeof openTempFiles>>;
  readonly writer: ObjectWriter;
}

function pathOf(store: Store, ownerId: string, key: ObjectKey): string {
  return join(ownerFolder(store.root, ownerId), ...keySegments(key));
}

function writing({ writer, temps, ...rest }: Store): Pick<ObjectStore, 'put' | 'stage'> {
  const store = { writer, temps, ...rest };
  const limited = limiter(PARALLEL);
  const staged = (ownerId: string, { path: temp, ...content }: Received): StagedObject => ({
    ...content,
    commit: (key) => translated(() => writer.place(temp, pathOf(store, ownerId, key))),
    discard: () => temps.drop(temp),
  });
  return {
    put: (ownerId, key, body, { durable }) =>
      limited(() => translated(() => writer.write(pathOf(store, ownerId, key), body, durable))),
    async stage(ownerId, body, maxBytes, signal) {
      ownerFolder(store.root, ownerId);
      return staged(ownerId, await receive(temps, body, maxBytes, signal));
    },
  };
}

function reading(store: Store): Pick<ObjectStore, 'get' | 'read' | 'info' | 'downloadUrl' | 'list'> {
  const limited = limiter(PARALLEL);
  const opened = async (path: string): Promise<FileHandle | undefined> => {
    if (!(await store.folders.exists(dirname(path)))) return undefined;
    try {
      return await open(path, READ_ONLY);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };
  return {
    get: (ownerId, key, signal) =>
      limited(() =>
        translated(async () => {
          const path = pathOf(store, ownerId, key);
          signal?.throwIfAborted();
          const file = await opened(path);
          return file && wholeFile(file, signal);
        }),
      ),
    async *read(ownerId, key, range, signal) {
      const path = pathOf(store, ownerId, key);
      try {
        signal?.throwIfAborted();
        const file = await opened(path);
        if (!file) throw missing();
        yield* bytesOf(file, range, signal);
      } catch (error) {
        throw isAbsent(error) ? missing() : diskError(error);
      }
    },
    info: (ownerId, key) =>
      translated(async () => {
        const path = pathOf(store, ownerId, key);
        return (await store.folders.exists(dirname(path))) ? infoOf(path, key) : undefined;
      }),
    async downloadUrl(ownerId, key) {
      pathOf(store, ownerId, key);
      return undefined;
    },
    async *list(ownerId, prefix, signal) {
      const folder = join(ownerFolder(store.root, ownerId), ...prefixSegments(prefix));
      try {
        if (!(await store.folders.exists(folder))) return;
        for await (const info of walkObjects(folder, prefix)) {
          signal?.throwIfAborted();
          yield info;
        }
      } catch (error) {
        throw diskError(error);
      }
    },
  };
}

function removing(store: Store): Pick<ObjectStore, 'remove' | 'removeAll'> {
  /** Takes empty folders away, up to the owner's, and puts the removal on stable storage. */
  const tidy = async (folder: string): Promise<void> => {
    const top = join(store.root, 'tenant');
    let at = folder;
    for (; at !== top; at = dirname(at)) {
      if (!(await removeEmptyFolder(at))) break;
      store.folders.forget(at);
    }
    try {
      await syncFolder(at);
    } catch (error) {
      if (at === top || !isAbsent(error)) throw error;
      // Another removal emptied this folder meanwhile and took it away: the one above it has to be synced.
      await tidy(at);
    }
  };
  return {
    remove: (ownerId, key) =>
      translated(async () => {
        const path = pathOf(store, ownerId, key);
        if (!(await store.folders.exists(dirname(path)))) return;
        if (await removeFile(path)) await tidy(dirname(path));
      }),
    removeAll: (ownerId, prefix, signal) =>
      translated(async () => {
        const folder = join(ownerFolder(store.root, ownerId), ...prefixSegments(prefix));
        signal?.throwIfAborted();
        if (!(await store.folders.exists(folder))) return 0;
        const removed = await removeTree(folder, (gone) => store.folders.forget(gone), signal);
        await tidy(folder);
        return removed;
      }),
  };
}

async function wholeFile(file: FileHandle, signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
  try {
    return await file.readFile(signal ? { signal } : {});
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

async function* bytesOf(
  file: FileHandle,
  { start = 0, end = Number.MAX_SAFE_INTEGER }: Partial<ByteRange> = {},
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (end <= start) await file.close();
  else yield* file.createReadStream({ start, end: end - 1, ...(signal ? { signal } : {}) });
}

function missing(): AppError {
  return new AppError('not-found', 'The object does not exist.');
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error);
  }
}
