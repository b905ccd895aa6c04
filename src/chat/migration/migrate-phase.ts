import type { Ctx } from '../../core/context.ts';
import { slices } from '../../core/right-of-way.ts';
import type { JobRun } from '../../ports/job-queue.ts';
import type { OldDatabase } from '../../ports/old-database.ts';
import { keepHistory } from '../history/accept-history.ts';
import type { ImportDeps } from '../history/import-deps.ts';
import { takeInImport } from '../history/import-history.ts';
import { parseOldRow } from '../history/old-row.ts';
import { timeReader } from '../history/read-time.ts';
import { countRow, type MigrationCounts } from './migration-counts.ts';
import { headOf, lineOf, type Phase, type Plan, rowsOf } from './old-lines.ts';
import { saveWatermark } from './watermark.ts';

/** Rows asked for at once, and at most kept in one file: what a run that was killed does again. */
const PAGE_ROWS = 1_000;
const FILE_ROWS = 10_000;
/** A file is held in memory until it is whole. */
const FILE_CHARACTERS = 16 * 2 ** 20;

/** One run over the old system. */
export interface Migration {
  readonly plan: Plan;
  readonly database: OldDatabase;
  readonly userId: string;
  readonly dryRun: boolean;
  /** Grow as it goes on. */
  readonly counts: MigrationCounts;
  readonly watermark: string;
  readonly progress: (counts: MigrationCounts) => void;
}

/** Lines that become one file. */
interface Part {
  readonly phase: Phase;
  lines: string[];
  characters: number;
  last: string | undefined;
}

const emptyPart = (phase: Phase): Part => ({ phase, lines: [], characters: 0, last: undefined });

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** Keeps the rows first, then takes them in, then says that it is done so far: cut off anywhere, it is done again. */
async function finishPart(
  { phase, lines, last }: Part,
  migration: Migration,
  deps: ImportDeps,
  ctx: Ctx,
): Promise<void> {
  const { plan, counts, userId, watermark } = migration;
  if (lines.length === 0) return;
  const head = headOf(phase, plan);
  const file = {
    userId,
    filename: `${plan.source} ${head.table} to ${last ?? ''}`.slice(0, 255),
    bytes: once(`${[JSON.stringify(head), ...lines].join('\n')}\n`),
  };
  const importId = await keepHistory(file, deps, ctx);
  const silent: Pick<JobRun, 'progress'> = { progress: () => {} };
  const report = await deps.importTurns(
    ctx.ownerId,
    () => takeInImport({ importId, userId, mayBeEmpty: true }, silent, deps, ctx),
    ctx.signal,
  );
  counts.files++;
  counts.newMessages += report.imported;
  const after = last === undefined ? {} : { after: last };
  await saveWatermark(watermark, { phase, ...after, counts }, deps, ctx);
}

/**
 * Reads the rows of one table after a key, in the order of its key, and moves them in files of up to 10,000 rows; a dry run
 * only counts. Memory holds one page and one file, however long the table is.
 */
export async function migratePhase(
  { phase, from }: { readonly phase: Phase; readonly from: string | undefined },
  migration: Migration,
  deps: ImportDeps,
  ctx: Ctx,
): Promise<void> {
  const { plan, database, counts, dryRun } = migration;
  const rows = rowsOf(phase, plan);
  if (rows === undefined) return;
  const readTime = timeReader();
  const breathe = slices(deps.way);
  let after = from;
  let part = emptyPart(phase);
  for (;;) {
    const page = await database.page(rows, after, PAGE_ROWS, ctx.signal);
    for (const row of page) {
      await breathe();
      const line = lineOf(phase, row, plan);
      countRow(counts, phase, parseOldRow(line, readTime), `${line.table} ${line.key}`);
      if (dryRun) continue;
      const json = JSON.stringify(line);
      part.lines.push(json);
      part.characters += json.length;
      part.last = row.key;
      if (part.lines.length < FILE_ROWS && part.characters < FILE_CHARACTERS) continue;
      await finishPart(part, migration, deps, ctx);
      part = emptyPart(phase);
    }
    migration.progress(counts);
    after = page.at(-1)?.key;
    if (page.length < PAGE_ROWS || after === undefined) break;
  }
  await finishPart(part, migration, deps, ctx);
}
