import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { sha256Of } from '../../core/ids.ts';
import {
  type ArchiveHead,
  type ArchivePart,
  HEAD_PATH,
  jsonLines,
  parsedJson,
  parseHead,
  partAt,
} from './archive-format.ts';
import { archivedTables } from './archived-rows.ts';
import { readTar, type TarFile } from './read-tar.ts';

/** An archive that can be read as often as it takes, always from the beginning. */
export interface ArchiveSource {
  readonly sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** Told with how many bytes of the archive were read. */
export type ArchiveProgress = (doneBytes: number) => void;

const MOST_HEAD_BYTES = 1_000_000;
const MOST_COUNT_BYTES = 1_000;
const FirstLine = z.object({ files: z.number().int() });
const NEW_LINE = '\n'.charCodeAt(0);

function broken(what: string): AppError {
  return new AppError('unreadable', `The archive is broken: ${what}. Nothing of it was taken in.`);
}

/** The bytes of an archive, counted as they come. */
export async function* counted(
  source: ArchiveSource,
  progress: ArchiveProgress,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let done = 0;
  for await (const piece of source.open()) {
    signal.throwIfAborted();
    done += piece.length;
    progress(done);
    yield piece;
  }
}

async function textOf({ sizeBytes, content }: TarFile): Promise<string> {
  if (sizeBytes > MOST_HEAD_BYTES) throw broken('its head is too large');
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of content) text += decoder.decode(piece, { stream: true });
  return text;
}

/** The head of an archive, which is its first file. Errors: `unreadable`, `unsupported` (a newer Jiwa wrote it). */
export async function headOf(bytes: AsyncIterable<Uint8Array>): Promise<ArchiveHead> {
  for await (const file of readTar(bytes)) {
    if (file.path !== HEAD_PATH) break;
    return parseHead(await textOf(file));
  }
  throw new AppError('unreadable', 'Expected an archive made by `jiwa export` or `jiwa backup`.');
}

/** The first line of the manifest, and the hash of all lines after it. */
async function manifestOf(content: AsyncIterable<Uint8Array>) {
  const rest = sha256Of();
  const decoder = new TextDecoder();
  let line = '';
  let inFirst = true;
  for await (const piece of content) {
    const end = inFirst ? piece.indexOf(NEW_LINE) : -1;
    if (inFirst) line += decoder.decode(end < 0 ? piece : piece.subarray(0, end), { stream: true });
    else rest.update(piece);
    if (line.length > MOST_COUNT_BYTES) throw broken('its manifest cannot be read');
    if (end < 0) continue;
    inFirst = false;
    rest.update(piece.subarray(end + 1));
  }
  const parsed = FirstLine.safeParse(inFirst ? undefined : parsedJson(line));
  if (!parsed.success) throw broken('its manifest cannot be read');
  return { files: parsed.data.files, lines: rest.hex() };
}

async function hashOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = sha256Of();
  for await (const piece of content) hash.update(piece);
  return hash.hex();
}

/** Whether files come as they are written: the head, the tables of its kind in their order, then what lies with the owners. */
function inOrder({ kind, ownerId }: ArchiveHead) {
  const tables = archivedTables(kind);
  const owners = new Set<string>();
  /** -1 before the head; of a table its place; then the number of tables. */
  let at = -2;
  return {
    owners,
    take(part: Exclude<ArchivePart, { kind: 'manifest' }>): void {
      const before = at;
      if (part.kind === 'head') at = -1;
      else at = part.kind === 'rows' ? tables.indexOf(part.table) : tables.length;
      const ofOwner = part.kind === 'items' || part.kind === 'object';
      if (at < before || (at === before && !ofOwner)) throw broken('its files are not in their order');
      if (!ofOwner) return;
      if (kind === 'space' && part.ownerId !== ownerId)
        throw broken('it holds something of a space that it is not of');
      owners.add(part.ownerId);
    },
  };
}

/** What a whole archive says of itself, and whose items and objects are in it. */
export interface CheckedArchive {
  readonly head: ArchiveHead;
  readonly owners: readonly string[];
}

/**
 * Reads a whole archive and checks that each file is as its manifest says, none is missing or too many, and nothing is in it
 * that Jiwa does not write: no table of another kind of archive, nothing of another space. Memory holds one piece. Errors:
 * `unreadable`; `unsupported` (a newer Jiwa wrote it).
 */
export async function checkArchive(
  source: ArchiveSource,
  progress: ArchiveProgress,
  signal: AbortSignal,
): Promise<CheckedArchive> {
  const head = await headOf(source.open());
  const order = inOrder(head);
  const lines = sha256Of();
  let files = 0;
  let whole = false;
  for await (const { path, sizeBytes, content } of readTar(counted(source, progress, signal))) {
    if (whole) throw broken('something follows its manifest');
    const part = partAt(path);
    if (part.kind === 'manifest') {
      const manifest = await manifestOf(content);
      if (manifest.files !== files || manifest.lines !== lines.hex())
        throw broken('its files are not those of its manifest');
      whole = true;
      continue;
    }
    order.take(part);
    lines.update(jsonLines([{ path, sizeBytes, sha256: await hashOf(content) }]));
    files++;
  }
  if (!whole) throw broken('its end is missing');
  return { head, owners: [...order.owners] };
}
