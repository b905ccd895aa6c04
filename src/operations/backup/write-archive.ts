import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { sha256, sha256Of } from '../../core/ids.ts';
import type { ObjectKey } from '../../core/object-keys.ts';
import type { Ledger, Reads } from '../../ports/ledger.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { MemoryStore } from '../../ports/memory-store.ts';
import type { ObjectInfo, ObjectStore, StagedObject } from '../../ports/object-store.ts';
import {
  ARCHIVE_VERSION,
  type ArchiveFile,
  type ArchiveHead,
  archivePaths,
  HEAD_PATH,
  isObjectPath,
  jsonLines,
  MANIFEST_PATH,
} from './archive-format.ts';
import { type ArchivedRow, archivedTables, goesAlong, rowsOf, withoutSecret } from './archived-rows.ts';
import { openSpool, type Spool } from './spool.ts';
import { tarEnd, tarHeader, tarPadding } from './write-tar.ts';

export interface ArchiveDeps {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly memory: MemoryStore;
}

/** What an archive is of and how it is called. */
export type ArchiveOf = Pick<ArchiveHead, 'kind' | 'name' | 'ownerId' | 'madeBy'>;

/** What went into an archive. */
export interface ArchiveCounts {
  readonly rows: number;
  readonly items: number;
  readonly objects: number;
}

type Bytes = AsyncGenerator<Uint8Array, void, void>;

const ITEMS_A_FILE = 500;
/** Every object of an owner. */
const ALL = '' as ObjectKey;
/** `chats/session_<id>/messages/<seq>_<id>.json`. */
const MESSAGE = /^chats\/session_([0-9a-f-]{36})\/messages\/(\d+)_/;

/** The ledger as it was at one moment, kept beside until it is sent. */
interface Moment {
  readonly rows: readonly { readonly path: string; readonly staged: StagedObject }[];
  readonly owners: readonly string[];
  readonly enterAgain: readonly string[];
  readonly count: number;
  /** Place of the next message of each session: an object from that on came later. */
  readonly nextSeq: ReadonlyMap<string, number>;
}

function noting(kind: ArchiveHead['kind']) {
  const owners: string[] = [];
  const enterAgain: string[] = [];
  const nextSeq = new Map<string, number>();
  let count = 0;
  const text = (row: ArchivedRow, column: string) => String(row[column]);
  return {
    owners,
    enterAgain,
    nextSeq,
    count: () => count,
    take(table: string, row: ArchivedRow): ArchivedRow[] {
      if (table === 'jobs' && !goesAlong(kind, row)) return [];
      count++;
      if (table === 'spaces') owners.push(text(row, 'ownerId'));
      if (table === 'chatSessions') nextSeq.set(text(row, 'id'), Number(row['nextSeq']));
      if (table !== 'settings' || kind === 'installation') return [row];
      const open = withoutSecret(row);
      if (open.secret) enterAgain.push(text(row, 'key'));
      return [open.row];
    },
  };
}

async function momentOf(kind: ArchiveHead['kind'], deps: ArchiveDeps, ctx: Ctx): Promise<Moment> {
  const noted = noting(kind);
  const rows: { path: string; staged: StagedObject }[] = [];
  const keep = async (reads: Reads) => {
    for (const table of archivedTables(kind)) {
      const lines = async function* () {
        for await (const page of rowsOf(table, reads, ctx.signal))
          yield jsonLines(page.flatMap((row) => noted.take(table, row)));
      };
      const most = Number.MAX_SAFE_INTEGER;
      const staged = await deps.objects.stage(ctx.ownerId, lines(), most, ctx.signal);
      rows.push({ path: archivePaths.rows(table), staged });
    }
  };
  try {
    await (kind === 'space' ? deps.ledger.snapshotOf(ctx.ownerId, keep) : deps.ledger.systemSnapshot(keep));
  } catch (error) {
    for (const { staged } of rows) await staged.discard();
    throw error;
  }
  return { ...noted, rows, count: noted.count() };
}

/** Writes files one after another and notes each for the manifest. */
function fileWriter(manifest: Spool, now: number) {
  let files = 0;
  const noted = async (file: ArchiveFile) => {
    files++;
    await manifest.write(jsonLines([file]));
  };
  return {
    files: () => files,
    async *whole(path: string, bytes: Uint8Array): Bytes {
      yield tarHeader(path, bytes.length, now);
      yield bytes;
      yield tarPadding(bytes.length);
      await noted({ path, sizeBytes: bytes.length, sha256: sha256(bytes) });
    },
    async *staged(path: string, object: StagedObject): Bytes {
      const { sizeBytes } = object;
      yield tarHeader(path, sizeBytes, now);
      yield* object.read();
      yield tarPadding(sizeBytes);
      await noted({ path, sizeBytes, sha256: object.sha256 });
    },
    /** True if it was there; one that was forgotten meanwhile is left out. */
    async *object(path: string, { sizeBytes, modifiedAt }: ObjectInfo, content: AsyncIterable<Uint8Array>) {
      const hash = sha256Of();
      let size = 0;
      let begun = false;
      try {
        for await (const bytes of content) {
          if (!begun) yield tarHeader(path, sizeBytes, modifiedAt);
          begun = true;
          hash.update(bytes);
          size += bytes.length;
          yield bytes;
        }
      } catch (error) {
        if (begun || !(error instanceof AppError) || error.code !== 'not-found') throw error;
        return false;
      }
      if (!begun) yield tarHeader(path, sizeBytes, modifiedAt);
      if (size !== sizeBytes)
        throw new AppError('conflict', 'An object changed while it was archived; try again.');
      yield tarPadding(size);
      await noted({ path, sizeBytes, sha256: hash.hex() });
      return true;
    },
  };
}

type FileWriter = ReturnType<typeof fileWriter>;

async function* itemsOf(
  ownerId: string,
  files: FileWriter,
  { memory }: ArchiveDeps,
  { signal }: Ctx,
): AsyncGenerator<Uint8Array, number, void> {
  let count = 0;
  let after: string | undefined;
  for (let part = 1; ; part++) {
    const page = { limit: ITEMS_A_FILE, ...(after === undefined ? {} : { after }) };
    const { items, next } = await memory.list(ownerId, {}, page, signal);
    if (items.length > 0) yield* files.whole(archivePaths.items(ownerId, part), jsonLines(items));
    count += items.length;
    if (next === undefined) return count;
    after = next;
  }
}

async function* objectsOf(
  ownerId: string,
  files: FileWriter,
  { deps: { objects }, nextSeq }: { readonly deps: ArchiveDeps; readonly nextSeq: Moment['nextSeq'] },
  { signal }: Ctx,
): AsyncGenerator<Uint8Array, number, void> {
  let count = 0;
  for await (const info of objects.list(ownerId, ALL, signal)) {
    const path = archivePaths.object(ownerId, info.key);
    if (!isObjectPath(path)) continue;
    const [, session, seq] = MESSAGE.exec(info.key) ?? [];
    if (session !== undefined && Number(seq) >= (nextSeq.get(session) ?? 0)) continue;
    const content = objects.read(ownerId, info.key, undefined, signal);
    if (yield* files.object(path, info, content)) count++;
  }
  return count;
}

async function* partsOf(
  of: ArchiveOf,
  moment: Moment,
  files: FileWriter,
  { deps, ctx }: { readonly deps: ArchiveDeps; readonly ctx: Ctx },
): AsyncGenerator<Uint8Array, ArchiveCounts, void> {
  const head: ArchiveHead = {
    ...of,
    format: 'jiwa-archive',
    version: ARCHIVE_VERSION,
    madeAt: ctx.now(),
    vectors: 'made-again',
    enterAgain: moment.enterAgain,
  };
  yield* files.whole(HEAD_PATH, jsonLines([head]));
  for (const { path, staged } of moment.rows) yield* files.staged(path, staged);
  const counts = { rows: moment.count, items: 0, objects: 0 };
  for (const ownerId of moment.owners) {
    counts.items += yield* itemsOf(ownerId, files, deps, ctx);
    counts.objects += yield* objectsOf(ownerId, files, { deps, nextSeq: moment.nextSeq }, ctx);
  }
  return counts;
}

async function* manifestOf(lines: StagedObject, files: number, now: number): Bytes {
  const first = jsonLines([{ files }]);
  const size = first.length + lines.sizeBytes;
  yield tarHeader(MANIFEST_PATH, size, now);
  yield first;
  yield* lines.read();
  yield tarPadding(size);
  yield tarEnd();
}

/**
 * A space, or the installation, as a tar archive that is made while it is read (`archive-format.ts` says of what): the ledger as
 * it was at one moment, then items and objects. What was said after that moment is not in it, what is forgotten meanwhile neither.
 * An archive without its manifest is not whole. `ended` is told what went in. Errors: `conflict`, those of the stores.
 */
export async function* writeArchive(
  { of, ended }: { readonly of: ArchiveOf; readonly ended?: (counts: ArchiveCounts) => Promise<void> },
  deps: ArchiveDeps,
  ctx: Ctx,
): Bytes {
  const moment = await momentOf(of.kind, deps, ctx);
  const manifest = openSpool(deps.objects, SYSTEM_OWNER, ctx.signal);
  try {
    const files = fileWriter(manifest, ctx.now());
    const counts = yield* partsOf(of, moment, files, { deps, ctx });
    const lines = await manifest.end();
    yield* manifestOf(lines, files.files(), ctx.now());
    await ended?.(counts);
  } finally {
    await manifest.abandon();
    for (const { staged } of moment.rows) await staged.discard();
  }
}
