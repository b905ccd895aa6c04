import { AppError, type ErrorCode, isAbort } from '../../core/errors.ts';
import type { DocumentView } from '../../wire/documents.ts';
import type { Cli } from './cli.ts';
import { type Connection, finishJobs } from './connect.ts';
import { type GoneFile, goneFiles } from './gone-files.ts';
import { atKnownPlace, knownFolders } from './known-folders.ts';
import { type Uploaded, uploadFiles } from './upload-files.ts';
import { lookAgain, waitForReading } from './wait-for-reading.ts';
import { type Found, type FoundFile, type Skipped, walkPaths } from './walk-folder.ts';

export interface TakeInOptions {
  readonly paths: readonly string[];
  readonly tags: readonly string[];
  readonly maxBytes: number;
  /** Whether to wait until everything is read. */
  readonly wait: boolean;
}

/** What became of one path. */
export interface FileReport {
  readonly path: string;
  readonly outcome: 'accepted' | 'known' | 'replaced' | 'skipped' | 'unsupported' | 'failed';
  readonly documentId?: string;
  readonly status?: DocumentView['status'];
  /** Why it was skipped, is unsupported or failed. */
  readonly reason?: string;
}

export interface TakeInReport {
  readonly counts: Readonly<Record<FileReport['outcome'], number>>;
  readonly files: readonly FileReport[];
  /** Passages of these documents that have a vector by now. */
  readonly vectors: { readonly done: number; readonly of: number };
  readonly waited: boolean;
  /** Taken in from these folders earlier, and no longer there; they stay in memory. */
  readonly gone: readonly GoneFile[];
}

/** Codes by which the door says that it does not read files like this one: no failure of the import. */
const NOT_FOR_US: ReadonlySet<ErrorCode> = new Set(['unsupported', 'too-large']);

function reportOf(uploaded: Uploaded, latest: ReadonlyMap<string, DocumentView>): FileReport {
  const { path } = uploaded.file;
  if (uploaded.kind === 'refused') {
    const outcome = NOT_FOR_US.has(uploaded.error.code) ? 'unsupported' : 'failed';
    return { path, outcome, reason: uploaded.error.message };
  }
  const { document, outcome } = uploaded.result;
  const now = latest.get(document.id) ?? document;
  const base = { path, documentId: document.id, status: now.status };
  if (now.status !== 'failed') return { ...base, outcome };
  return { ...base, outcome: 'failed', reason: now.reason ?? 'it could not be read' };
}

function counted(files: readonly FileReport[]): TakeInReport['counts'] {
  const counts = { accepted: 0, known: 0, replaced: 0, skipped: 0, unsupported: 0, failed: 0 };
  for (const { outcome } of files) counts[outcome]++;
  return counts;
}

async function found(
  options: TakeInOptions,
  signal: AbortSignal,
): Promise<{ files: FoundFile[]; skipped: Skipped[] }> {
  const all: Found[] = [];
  for await (const one of walkPaths(options.paths, { maxBytes: options.maxBytes, signal })) all.push(one);
  return {
    files: all.filter((one) => one.kind === 'file'),
    skipped: all.filter((one) => one.kind === 'skipped'),
  };
}

async function untilRead(
  cli: Cli,
  connection: Connection,
  documents: readonly DocumentView[],
): Promise<void> {
  try {
    await waitForReading(cli, connection, documents);
    await finishJobs(cli, connection);
  } catch (error) {
    if (!isAbort(error)) throw error;
    const who = connection.drained === undefined ? 'the server reads on' : 'Jiwa reads on when it runs next';
    throw new AppError('aborted', `Stopped waiting. All ${documents.length} files are stored; ${who}.`);
  }
}

/**
 * Takes in files and folders: finds them, uploads them, waits until they are read. Doing it again changes nothing. A file
 * that cannot be taken in is in the report and stops nothing. Throws `not-found` when a path that was named is not there.
 */
export async function takeIn(
  cli: Cli,
  connection: Connection,
  options: TakeInOptions,
): Promise<TakeInReport> {
  const { files, skipped } = await found(options, cli.signal);
  const missing = skipped.find(
    ({ path, reason }) => options.paths.includes(path) && reason.startsWith('not there'),
  );
  if (missing !== undefined) throw new AppError('not-found', `There is no file or folder ${missing.path}.`);
  const known = await knownFolders(cli, connection);
  const placed = files.map((file) => atKnownPlace(file, known));
  const uploads = placed.length === 0 ? [] : await uploadFiles(cli, connection, placed, options.tags);
  const documents = uploads.flatMap((one) => (one.kind === 'taken' ? [one.result.document] : []));
  if (options.wait) await untilRead(cli, connection, documents);
  const latest = await lookAgain(cli, connection, [...new Set(documents.map(({ id }) => id))]);
  const byId = new Map(latest.map((document) => [document.id, document]));
  const taken = new Set(byId.keys());
  const gone = await goneFiles(cli, connection, { paths: options.paths, known, files, skipped, taken });
  const reports: FileReport[] = [
    ...uploads.map((one) => reportOf(one, byId)),
    ...skipped.map(({ path, reason }) => ({ path, outcome: 'skipped' as const, reason })),
  ];
  return {
    counts: counted(reports),
    files: reports,
    vectors: {
      done: latest.reduce((sum, { vectors }) => sum + vectors, 0),
      of: latest.reduce((sum, { chunks }) => sum + chunks, 0),
    },
    waited: options.wait,
    gone,
  };
}
