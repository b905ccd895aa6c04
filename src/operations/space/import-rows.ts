import type { IntentRow, JobRow, TombstoneRow } from '../../ports/ledger-rows.ts';
import type { Ledger, NewJob, Table } from '../../ports/ledger.ts';
import { parsedJson } from '../backup/archive-format.ts';
import { archivedTables, type ArchivedRow, goesAlong } from '../backup/archived-rows.ts';
import type { ArchiveSource } from '../backup/check-archive.ts';
import { readRows } from '../backup/read-archive.ts';
import { EMBEDDER_SETTING } from './erase-space.ts';
import { SPACE_TABLES, type TableName } from './space-tables.ts';

/** Rows that are written last: what the space had begun and not ended, and what was forgotten in it. */
export interface LastRows {
  readonly intents: readonly IntentRow[];
  readonly jobs: readonly NewJob[];
  readonly tombstones: readonly TombstoneRow[];
}

function jobOf(row: JobRow): NewJob {
  const { kind, queue, payload, dedupKey, priority, maxAttempts, runAt } = row;
  const dedup = dedupKey === null ? {} : { dedupKey };
  return { kind, queue, payload: parsedJson(payload), priority, maxAttempts, runAt, ...dedup };
}

/** A row as it is kept here; none where the installation decides for itself. */
function keptRow(table: TableName, row: ArchivedRow, now: number): ArchivedRow[] {
  // A person's first space is the one they joined first: it must not become this one.
  if (table === 'users') return [{ ...row, createdAt: now }];
  // Vectors do not come along; they are counted again when they are made.
  if (table === 'documents') return [{ ...row, vectorCount: 0 }];
  if (table === 'settings' && String(row['key']).startsWith(EMBEDDER_SETTING)) return [];
  return [row];
}

/**
 * Writes the rows of an archived space; of one that is here already those that an erasure leaves stay as they are. The last
 * ones are given back, all of this owner, to be written once the rest is there.
 */
export async function importRows(
  {
    source,
    ownerId,
    isNew,
  }: { readonly source: ArchiveSource; readonly ownerId: string; readonly isNew: boolean },
  { ledger }: { readonly ledger: Ledger },
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly last: LastRows }> {
  const taken = new Set(archivedTables('space').filter((table) => isNew || SPACE_TABLES[table].erased));
  taken.delete('spaces');
  const intents: IntentRow[] = [];
  const jobs: NewJob[] = [];
  const tombstones: TombstoneRow[] = [];
  const take = async (table: TableName, given: readonly ArchivedRow[]) => {
    if (!taken.has(table)) return;
    const rows = given.map((row): ArchivedRow => ({ ...row, ownerId }));
    if (table === 'jobs')
      jobs.push(
        ...rows.filter((row) => goesAlong('space', row)).map((row) => jobOf(row as unknown as JobRow)),
      );
    else if (table === 'intents') intents.push(...(rows as unknown as readonly IntentRow[]));
    else if (table === 'tombstones') tombstones.push(...(rows as unknown as readonly TombstoneRow[]));
    else
      await ledger.forOwner(ownerId, async (tx) => {
        const kept = rows.flatMap((row) => keptRow(table, row, tx.now));
        await (tx.table(table) as unknown as Table<ArchivedRow>).upsert(kept);
      });
  };
  return { rows: await readRows(source, take, signal), last: { intents, jobs, tombstones } };
}
