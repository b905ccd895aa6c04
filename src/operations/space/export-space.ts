import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { sha256, sha256Of } from '../../core/ids.ts';
import type { ObjectKey } from '../../core/object-keys.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts';
import { SPACE_TABLES, TABLE_NAMES, type TableName } from './space-tables.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

export interface ExportDeps {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
}

/** A file of the archive; a line of its manifest. */
interface Exported {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

const FORMAT = 'jiwa-space-1';
const ROWS_A_FILE = 1_000;
/** Every object of an owner. */
const ALL = '' as ObjectKey;
const encoder = new TextEncoder();

function lines(rows: readonly unknown[]): Uint8Array {
  return encoder.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** A sealed secret is of no use without the key file of this installation, and nobody's business. */
function withoutSecrets<T extends object>(row: T): T {
  if (!('value' in row) || typeof row.value !== 'string') return row;
  const open: unknown = JSON.parse(row.value, (key, value: unknown) =>
    key === 'sealed' ? undefined : value,
  );
  return { ...row, value: JSON.stringify(open) };
}

async function pageOf(table: TableName, offset: number, { ledger }: ExportDeps, ctx: Ctx) {
  const { by = [] } = SPACE_TABLES[table];
  const orderBy = by.map((column) => [column as never, 'asc'] as const);
  return ledger.readsOf(ctx.ownerId).table(table).list({ orderBy, limit: ROWS_A_FILE, offset });
}

async function* fileOf(path: string, bytes: Uint8Array, now: number): AsyncGenerator<Uint8Array, Exported> {
  yield tarHeader(path, bytes.length, now);
  yield bytes;
  yield tarPadding(bytes.length);
  return { path, sizeBytes: bytes.length, sha256: sha256(bytes) };
}

async function* tablesOf(deps: ExportDeps, ctx: Ctx): AsyncGenerator<Uint8Array, Exported[]> {
  const files: Exported[] = [];
  for (const table of TABLE_NAMES) {
    if (SPACE_TABLES[table].by === undefined) continue;
    for (let page = 0; ; page++) {
      ctx.signal.throwIfAborted();
      const rows = await pageOf(table, page * ROWS_A_FILE, deps, ctx);
      if (rows.length === 0) break;
      const path = `ledger/${table}-${String(page + 1).padStart(4, '0')}.jsonl`;
      files.push(yield* fileOf(path, lines(rows.map((row) => withoutSecrets(row))), ctx.now()));
      if (rows.length < ROWS_A_FILE) break;
    }
  }
  return files;
}

/** Bytes of an object that is there as a whole; one that was forgotten meanwhile is left out. */
async function* objectOf(
  { key, sizeBytes, modifiedAt }: ObjectInfo,
  deps: ExportDeps,
  ctx: Ctx,
): AsyncGenerator<Uint8Array, Exported | undefined> {
  const path = `objects/${key}`;
  const hash = sha256Of();
  let size = 0;
  let begun = false;
  try {
    for await (const bytes of deps.objects.read(ctx.ownerId, key, undefined, ctx.signal)) {
      if (!begun) yield tarHeader(path, sizeBytes, modifiedAt);
      begun = true;
      hash.update(bytes);
      size += bytes.length;
      yield bytes;
    }
  } catch (error) {
    if (begun || !(error instanceof AppError) || error.code !== 'not-found') throw error;
    return undefined;
  }
  if (!begun) yield tarHeader(path, sizeBytes, modifiedAt);
  if (size !== sizeBytes)
    throw new AppError('conflict', 'An object changed while it was exported; try again.');
  yield tarPadding(size);
  return { path, sizeBytes, sha256: hash.hex() };
}

/**
 * Everything of one space as a tar archive, made while it is read: `ledger/*.jsonl` (rows; no secrets), `objects/…` (originals,
 * messages, and all that was derived into files), last `manifest.jsonl` with the size and sha256 of each. An archive
 * without its manifest is not whole. Errors: `conflict`, those of the stores.
 */
export async function* exportSpace(deps: ExportDeps, ctx: Ctx): AsyncGenerator<Uint8Array, void> {
  const files = yield* tablesOf(deps, ctx);
  for await (const info of deps.objects.list(ctx.ownerId, ALL, ctx.signal)) {
    const file = yield* objectOf(info, deps, ctx);
    if (file !== undefined) files.push(file);
  }
  const head = { format: FORMAT, ownerId: ctx.ownerId, exportedAt: ctx.now(), files: files.length };
  yield* fileOf('manifest.jsonl', lines([head, ...files]), ctx.now());
  yield tarEnd();
}
