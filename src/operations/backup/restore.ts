import { AppError } from '../../core/errors.ts';
import type { ObjectKey } from '../../core/object-keys.ts';
import type { GraphStore } from '../../ports/graph-store.ts';
import { SYSTEM_OWNER, type TombstoneRow } from '../../ports/ledger-rows.ts';
import type { Ledger, Reads, SystemTx, Table } from '../../ports/ledger.ts';
import type { MemoryStore } from '../../ports/memory-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Restored } from '../../wire/archives.ts';
import { archivedTables, rowsOf, type ArchivedRow } from './archived-rows.ts';
import { type ArchiveSource, checkArchive, headOf } from './check-archive.ts';
import { readContent, readRows } from './read-archive.ts';

export interface RestoreDeps {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly memory: MemoryStore;
  /** Not in a backup: it is made again from the items. */
  readonly graph: GraphStore;
  /** Writes into the audit log of the installation, as part of the transaction, that it was restored. */
  readonly recorded: (tx: SystemTx, name: string, counts: Readonly<Record<string, number>>) => Promise<void>;
}

export interface RestoreInput {
  readonly source: ArchiveSource;
  /** What is here is erased first. */
  readonly replace: boolean;
  readonly progress: (done: number, total: number, note: string) => void;
}

/** Every object of an owner. */
const ALL = '' as ObjectKey;
const TABLES = [...archivedTables('installation'), 'jobLogs'] as const;

const keyOf = ({ ownerId, kind, sourceId }: Pick<TombstoneRow, 'ownerId' | 'kind' | 'sourceId'>) =>
  `${ownerId} ${kind} ${sourceId}`;

async function refuseFull(reads: Reads): Promise<void> {
  const held =
    (await reads.table('documents').count()) +
    (await reads.table('chatSessions').count()) +
    (await reads.table('accounts').count());
  if (held === 0) return;
  throw new AppError(
    'conflict',
    'This installation is not empty. To have the backup in its place, say so (--replace).',
  );
}

async function tombstones(reads: Reads, signal: AbortSignal): Promise<TombstoneRow[]> {
  const rows: TombstoneRow[] = [];
  for await (const page of rowsOf('tombstones', reads, signal))
    rows.push(...(page as unknown as readonly TombstoneRow[]));
  return rows;
}

/** What the ledger holds becomes what the archive holds, in one step. */
async function replaceRows(
  source: ArchiveSource,
  deps: RestoreDeps,
  told: { readonly name: string; readonly counts: Readonly<Record<string, number>> },
  signal: AbortSignal,
): Promise<number> {
  return deps.ledger.system(async (tx) => {
    for (const table of TABLES) await tx.table(table).remove({});
    const rows = await readRows(
      source,
      (table, batch) => (tx.table(table) as unknown as Table<ArchivedRow>).upsert(batch),
      signal,
    );
    // Vectors do not come along; they are counted again when they are made.
    await tx.table('documents').update({}, { vectorCount: 0 });
    await deps.recorded(tx, told.name, { ...told.counts, rows });
    return rows;
  });
}

/**
 * Makes an installation that nothing else has open what its backup was. Everything is checked before anything is changed, and the ledger
 * changes last, in one step: what breaks off before leaves an installation to which the same can be done again. Errors:
 * `unreadable`, `unsupported` (a newer Jiwa wrote it), `conflict` (not empty, and nothing was said of replacing).
 */
export async function restore(
  { source, replace, progress }: RestoreInput,
  deps: RestoreDeps,
  signal: AbortSignal,
): Promise<Restored> {
  const head = await headOf(source.open());
  if (head.kind !== 'installation')
    throw new AppError(
      'unsupported',
      'Expected a backup; the archive of a space is taken in by `jiwa import`.',
    );
  const reads = deps.ledger.systemReads();
  if (!replace) await refuseFull(reads);
  const total = 2 * source.sizeBytes;
  const { owners } = await checkArchive(source, (done) => progress(done, total, 'checking'), signal);
  const forgotten = await tombstones(reads, signal);
  const here = (await reads.table('spaces').list()).map(({ ownerId }) => ownerId);
  // Also whose things a restore that broke off has left, which the ledger does not know yet.
  for (const ownerId of new Set([...here, ...owners])) {
    await deps.memory.removeOwner(ownerId, signal);
    await deps.graph.removeOwner(ownerId, signal);
    await deps.objects.removeAll(ownerId, ALL, signal);
  }
  // Archives that waited to be imported.
  await deps.objects.removeAll(SYSTEM_OWNER, ALL, signal);
  const counts = await readContent(
    {
      source,
      progress: (done) => progress(source.sizeBytes + done, total, 'restoring'),
    },
    deps,
    signal,
  );
  const rows = await replaceRows(source, deps, { name: head.name, counts: { ...counts } }, signal);
  const known = new Set((await tombstones(reads, signal)).map(keyOf));
  const forgottenSince = forgotten
    .filter((stone) => !known.has(keyOf(stone)))
    .map(({ ownerId, kind, sourceId }) => ({ ownerId, kind, sourceId }));
  return { ...counts, rows, name: head.name, madeAt: head.madeAt, forgottenSince };
}
