import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { ObjectKey } from '../../core/object-keys.ts';
import { Id, TimeMs } from '../../wire/common.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import { SPACE_TABLES, type TableName } from '../space/space-tables.ts';

/** What an archive says of itself, as its first file. */
export const ArchiveHead = z.object({
  format: z.literal('jiwa-archive'),
  version: z.number().int().positive(),
  /** `space`: one space without secrets; `installation`: all spaces, people and sealed secrets. */
  kind: z.enum(['space', 'installation']),
  /** That of the space, or of the backup. */
  name: z.string(),
  /** The space; of an installation its home. What belongs to no space is never taken in as one. */
  ownerId: Id.refine((id) => id !== SYSTEM_OWNER),
  madeAt: TimeMs,
  /** Version of the Jiwa that wrote it. */
  madeBy: z.string(),
  /** Vectors are not in it: whoever takes it in makes them again from the texts. */
  vectors: z.literal('made-again'),
  /** Settings whose secrets were left out and must be entered again. */
  enterAgain: z.array(z.string()).readonly(),
});
export type ArchiveHead = z.infer<typeof ArchiveHead>;

/** A file of the archive, as a line of its manifest. */
export interface ArchiveFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The format that is written; what is newer is refused. */
export const ARCHIVE_VERSION = 1;
export const HEAD_PATH = 'archive.json';
/** The last file: first a line with the count, then a line for each file before it, in order. */
export const MANIFEST_PATH = 'manifest.jsonl';

export const archivePaths = {
  rows: (table: TableName) => `ledger/${table}.jsonl`,
  items: (ownerId: string, part: number) => `memory/${ownerId}/items-${String(part).padStart(5, '0')}.jsonl`,
  /** As in a bucket, so what reads the objects there reads an unpacked archive, too. */
  object: (ownerId: string, key: ObjectKey) => `tenant/${ownerId}/${key}`,
};

/** Characters; beyond the item of the largest message that an import takes, and half of what a string can hold. */
const LONGEST_LINE = 2 ** 28;
const RUN_LENGTH = 8 * 2 ** 20;

/** What a file of an archive holds. */
export type ArchivePart =
  | { readonly kind: 'head' }
  | { readonly kind: 'manifest' }
  | { readonly kind: 'rows'; readonly table: TableName }
  | { readonly kind: 'items'; readonly ownerId: string }
  | { readonly kind: 'object'; readonly ownerId: string; readonly key: ObjectKey };

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const ROWS = /^ledger\/([A-Za-z]+)\.jsonl$/;
const ITEMS = new RegExp(`^memory/(${UUID})/items-\\d+\\.jsonl$`);
const OBJECT = new RegExp(
  `^tenant/(${UUID})/((?:[A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*)$`,
);

/** False for the path of a file that something else put among the objects, such as a `.DS_Store`. */
export const isObjectPath = (path: string) => OBJECT.test(path);

/** What lies at a path of an archive. Throws `unreadable` for a path that Jiwa does not write. */
export function partAt(path: string): ArchivePart {
  if (path === HEAD_PATH) return { kind: 'head' };
  if (path === MANIFEST_PATH) return { kind: 'manifest' };
  const table = ROWS.exec(path)?.[1];
  if (table !== undefined && Object.hasOwn(SPACE_TABLES, table))
    return { kind: 'rows', table: table as TableName };
  const items = ITEMS.exec(path)?.[1];
  if (items !== undefined) return { kind: 'items', ownerId: items };
  const [, ownerId, key] = OBJECT.exec(path) ?? [];
  if (ownerId !== undefined && key !== undefined) return { kind: 'object', ownerId, key: key as ObjectKey };
  throw new AppError('unreadable', 'The archive holds a file that Jiwa does not write.');
}

/** Reads an archive's head. Errors: `unreadable`, `unsupported` (a newer Jiwa wrote it). */
export function parseHead(text: string): ArchiveHead {
  const version = z.object({ version: z.number() }).safeParse(parsedJson(text));
  if (version.success && version.data.version > ARCHIVE_VERSION) {
    throw new AppError(
      'unsupported',
      `A newer Jiwa wrote this archive (format ${version.data.version}); this one reads up to format ${ARCHIVE_VERSION}.`,
    );
  }
  const head = ArchiveHead.safeParse(parsedJson(text));
  if (head.success) return head.data;
  throw new AppError('unreadable', 'Expected an archive made by `jiwa export` or `jiwa backup`.');
}

/** Throws `unreadable` for what is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('unreadable', 'Expected JSON in the archive; some of it is not.', { cause });
  }
}

/** Values as JSON lines. */
export function jsonLines(values: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

/** Text lines of a stream, without their ends. Throws `unreadable` for one that is longer than any that Jiwa writes. */
async function* linesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  for await (const piece of content) {
    const [first = '', ...lines] = decoder.decode(piece, { stream: true }).split('\n');
    begun.push(first);
    length += first.length;
    if (length > LONGEST_LINE) throw new AppError('unreadable', 'The archive holds a line that never ends.');
    const rest = lines.pop();
    if (rest === undefined) continue;
    yield begun.join('');
    yield* lines;
    begun = [rest];
    length = rest.length;
  }
  if (length > 0) yield begun.join('');
}

/** Values of JSON lines, in runs of at most `size`, fewer where they are large. */
export async function* valuesOf(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<unknown[], void, void> {
  let run: unknown[] = [];
  let length = 0;
  for await (const line of linesOf(content)) {
    run.push(parsedJson(line));
    length += line.length;
    if (run.length < size && length < RUN_LENGTH) continue;
    yield run;
    run = [];
    length = 0;
  }
  if (run.length > 0) yield run;
}
