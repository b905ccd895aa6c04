import { AppError } from '../../core/errors.ts';
import type { Reads } from '../../ports/ledger.ts';
import { SPACE_TABLES, TABLE_NAMES, type TableName } from '../space/space-tables.ts';
import type { ArchiveHead } from './archive-format.ts';

type Kind = ArchiveHead['kind'];
/** A row as it is archived: columns by their names. */
export type ArchivedRow = Readonly<Record<string, unknown>>;

const PAGE = 1_000;
/** Jobs that ended are history of this installation; the others still have to be done. */
const UNFINISHED = ['queued', 'running'];
/** What it takes in lies outside of all spaces. */
const IMPORT = 'import-space';
/** They concern the installation, or a space as a whole where it is; some hold a sealed secret. */
const STAYING_JOBS: ReadonlySet<unknown> = new Set(['erase-space', 'migrate-from-postgres', 'pull-model']);

/** Whether a job goes along in an archive of this kind. */
export function goesAlong(kind: Kind, { kind: work, status }: ArchivedRow): boolean {
  if (!UNFINISHED.includes(String(status)) || work === IMPORT) return false;
  return kind === 'installation' || !STAYING_JOBS.has(work);
}

/** The tables of an archive, in its order. */
export function archivedTables(kind: Kind): readonly TableName[] {
  return TABLE_NAMES.filter((name) => {
    const { archived } = SPACE_TABLES[name];
    return archived === 'always' || (archived === 'backup' && kind === 'installation');
  });
}

/** The rows of one table, in pages, in an order without ties. */
export async function* rowsOf(
  table: TableName,
  reads: Reads,
  signal: AbortSignal,
): AsyncGenerator<ArchivedRow[], void, void> {
  const columns = new Set(['ownerId', ...SPACE_TABLES[table].by]);
  const orderBy = [...columns].map((column) => [column as never, 'asc'] as const);
  const where = table === 'jobs' ? ({ status: { in: UNFINISHED } } as object) : {};
  for (let offset = 0; ; offset += PAGE) {
    signal.throwIfAborted();
    const rows = await reads.table(table).list({ where, orderBy, limit: PAGE, offset });
    if (rows.length > 0) yield rows as unknown as ArchivedRow[];
    if (rows.length < PAGE) return;
  }
}

/** A setting without its sealed secret, which is of no use without the key file of this installation, and nobody's business. */
export function withoutSecret(row: ArchivedRow): { readonly row: ArchivedRow; readonly secret: boolean } {
  if (typeof row['value'] !== 'string') throw new AppError('internal', 'A setting has no value.');
  let secret = false;
  const open: unknown = JSON.parse(row['value'], (key, value: unknown) => {
    if (key !== 'sealed') return value;
    secret = true;
    return undefined;
  });
  return { row: { ...row, value: JSON.stringify(open) }, secret };
}
