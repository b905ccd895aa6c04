import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { objectKeys, type ObjectKey } from '../../core/object-keys.ts';
import type { ImportDeps } from './import-deps.ts';
import type { ImportedFile } from './imports.ts';
import { jsonRecords, type Container, type RawRecord } from './json-records.ts';
import { parseRecord, type ReadRecord } from './parse-record.ts';
import type { Skipped } from './parsed.ts';
import { timeReader } from './read-time.ts';

type Reading = Pick<ImportDeps, 'objects' | 'archives'>;

/** The files of an export that hold conversations: one, or numbered ones, in any folder of the zip. */
const CONVERSATIONS = /(?:^|\/)conversations(?:-\d+)?\.json$/iu;
const LINES = /\.(?:jsonl|ndjson)$/iu;

/** Where an import's file lies and how it is built. */
export interface ImportObject {
  readonly key: ObjectKey;
  readonly container: Container | 'zip';
  readonly sizeBytes: number;
}

/** Finds the file of an import; throws `not-found` when it is gone. */
export async function importObject(
  id: string,
  deps: Pick<Reading, 'objects'>,
  ctx: Ctx,
): Promise<ImportObject> {
  for (const container of ['zip', 'json', 'jsonl'] as const) {
    const key = objectKeys.original(id, container);
    const info = await deps.objects.info(ctx.ownerId, key);
    if (info) return { key, container, sizeBytes: info.sizeBytes };
  }
  throw new AppError('not-found', `Expected the file of the import ${id}, but it is not there.`);
}

/** A record and where it stands, for people: `line 12`, `conversation 3`. */
interface PlacedRecord {
  readonly json: string;
  readonly position: string;
}

async function* placed(
  records: AsyncIterable<RawRecord>,
  container: Container,
  before = '',
): AsyncIterable<PlacedRecord> {
  const what = container === 'jsonl' ? 'line' : 'conversation';
  for await (const { json, number } of records) yield { json, position: `${before}${what} ${number}` };
}

/** The zip itself is held in memory, as large as it came; what is in it is unpacked piece by piece. */
async function* archivedRecords(key: ObjectKey, deps: Reading, ctx: Ctx): AsyncIterable<PlacedRecord> {
  const bytes = await deps.objects.get(ctx.ownerId, key, ctx.signal);
  if (!bytes) throw new AppError('not-found', 'Expected the file of an import, but it is not there.');
  const wanted = (name: string) => CONVERSATIONS.test(name) || LINES.test(name);
  let files = 0;
  for await (const entry of deps.archives.entries(bytes, wanted, ctx.signal)) {
    files++;
    const container = LINES.test(entry.name) ? 'jsonl' : 'json';
    yield* placed(jsonRecords(entry.bytes, container), container, `${baseName(entry.name)}, `);
  }
  if (files === 0)
    throw new AppError(
      'unsupported',
      'Expected a zip with conversations.json (or conversations-000.json …) or JSON lines in it, got one without.',
    );
}

/** The records of an import as JSON texts, in order, one at a time. */
function rawRecords(object: ImportObject, deps: Reading, ctx: Ctx): AsyncIterable<PlacedRecord> {
  const { key, container } = object;
  if (container === 'zip') return archivedRecords(key, deps, ctx);
  const bytes = deps.objects.read(ctx.ownerId, key, undefined, ctx.signal);
  return placed(jsonRecords(bytes, container), container);
}

/** The name of a file without its ending: the conversation of lines that name none. */
function baseName(filename: string): string {
  const name = filename.split(/[/\\]/u).at(-1) ?? filename;
  return name.replace(/\.[^.]{1,8}$/u, '') || 'history';
}

/** A record with the JSON it was read from, or what could not be read. */
export type ImportRecord = PlacedRecord & { readonly read: ReadRecord | Skipped };

/** The records of an import, read; in order, one at a time. */
export async function* importRecords(
  file: Pick<ImportedFile, 'filename'>,
  object: ImportObject,
  deps: Reading,
  ctx: Ctx,
): AsyncIterable<ImportRecord> {
  const context = { readTime: timeReader(), fallback: baseName(file.filename) };
  for await (const { json, position } of rawRecords(object, deps, ctx)) {
    ctx.signal.throwIfAborted();
    const reads = parseRecord(json, context);
    for (const [index, read] of reads.entries()) {
      const alone = reads.length === 1 || 'reason' in read;
      yield {
        json: alone ? json : JSON.stringify(read.value),
        position: reads.length === 1 ? position : `conversation ${index + 1}`,
        read,
      };
    }
  }
}
