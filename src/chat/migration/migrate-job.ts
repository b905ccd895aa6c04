import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { JobDefinition, JobRun } from '../../ports/job-queue.ts';
import type { NewJob } from '../../ports/ledger.ts';
import type { OldDatabase, OpenOldDatabase } from '../../ports/old-database.ts';
import type { SealedFor, Sealer } from '../../ports/sealer.ts';
import { MigrationMapping, type MigrationReport, type NewMigration } from '../../wire/migration.ts';
import type { ImportDeps } from '../history/import-deps.ts';
import { type ChosenTable, chooseTables, unmapped } from './choose-columns.ts';
import { migratePhase } from './migrate-phase.ts';
import { type MigrationCounts, noCounts } from './migration-counts.ts';
import { PHASES, type Phase, type Plan, rowsOf } from './old-lines.ts';
import { dropWatermark, readWatermark, type Watermark, watermarkKey } from './watermark.ts';

const KIND = 'migrate-from-postgres';
/** Users of the old system that a dry run lists. */
const USERS = 20;

const Payload = z.strictObject({
  /** The address, sealed: it holds a password. */
  from: z.string(),
  mapping: MigrationMapping,
  user: z.string().optional(),
  dryRun: z.boolean(),
  userId: z.string(),
  watermark: z.string(),
});
type Payload = z.infer<typeof Payload>;

export interface MigrateDeps extends ImportDeps {
  readonly openOldDatabase: OpenOldDatabase;
  readonly sealer: Sealer;
}

const boundTo = (ownerId: string): SealedFor => ({ ownerId, purpose: KIND });

/** Server and database of an address, without who connects. */
function placeOf(address: string): string {
  if (!URL.canParse(address))
    throw new AppError('invalid-input', 'Expected postgres://user:password@host:port/database.');
  const { host, pathname } = new URL(address);
  return `${host}${pathname}`;
}

/** Queues a migration into the caller's space; one that was cut off goes on. The same one twice is one job. */
export async function startMigration(
  { userId, ...wanted }: NewMigration & { readonly userId: string },
  { ledger, sealer }: Pick<MigrateDeps, 'ledger' | 'sealer'>,
  ctx: Ctx,
): Promise<{ readonly jobId: string }> {
  const { from, mapping, user, dryRun } = wanted;
  const watermark = watermarkKey({ place: placeOf(from), mapping, user });
  const sealed = await sealer.seal(from, boundTo(ctx.ownerId));
  const only = user === undefined ? {} : { user };
  const payload: Payload = { from: sealed, mapping, ...only, dryRun, userId, watermark };
  const dedupKey = `${watermark}${dryRun ? ':dry' : ''}`;
  const job: NewJob = { kind: KIND, queue: 'ingestion', payload, dedupKey, priority: 10 };
  return { jobId: await ledger.forOwner(ctx.ownerId, (tx) => tx.enqueue(job)) };
}

/** Rows of several people of the old system must not come into one space. */
async function oneUser(plan: Plan, dryRun: boolean, database: OldDatabase, ctx: Ctx) {
  const { sessions } = plan.chosen;
  const column = sessions.columns['user'];
  if (column === undefined) {
    if (plan.user === undefined) return undefined;
    throw new AppError(
      'invalid-input',
      `No column of ${sessions.table.table} says whose a row is; name it as “user” in a mapping file.`,
    );
  }
  const users = await database.frequent(sessions.table, column, dryRun ? USERS : 2, ctx.signal);
  if (plan.user === undefined && users.length > 1 && !dryRun)
    throw new AppError(
      'invalid-input',
      `${sessions.table.table} holds rows of several users; say whose to move (--user). A dry run lists them.`,
    );
  return users.map(({ value: user, rows }) => ({ user, rows }));
}

async function totals(plan: Plan, database: OldDatabase, ctx: Ctx): Promise<ReadonlyMap<Phase, number>> {
  const found = new Map<Phase, number>();
  for (const phase of PHASES) {
    const rows = rowsOf(phase, plan);
    if (rows !== undefined) found.set(phase, await database.count(rows, ctx.signal));
  }
  return found;
}

function tableReport(table: ChosenTable, rows: number, read: number): MigrationReport['tables'][number] {
  const mapped = Object.fromEntries(Object.entries(table.columns).map(([role, column]) => [column, role]));
  const name = `${table.table.schema}.${table.table.table}`;
  return { table: name, key: table.key, rows, read, mapped, unmapped: unmapped(table) };
}

function advice({ chosen }: Plan, users: number, wholeSpace: boolean): string[] {
  const { sessions, biometrics } = chosen;
  const several = users > 1 && wholeSpace;
  return [
    biometrics === undefined ? 'There is no table BiometricData: no states.' : [],
    biometrics !== undefined && biometrics.columns['session'] === undefined
      ? `No column of ${biometrics.table.table} names the session of a window: states stand alone.`
      : [],
    sessions.columns['answer'] === undefined
      ? `No column of ${sessions.table.table} is known as the answer: there will be no exchanges.`
      : [],
    sessions.columns['time'] === undefined
      ? `No column of ${sessions.table.table} is known as its time: messages get the time of the move.`
      : [],
    several ? 'There are rows of several users: each is moved into a space of its own with --user.' : [],
  ].flat();
}

interface Run {
  readonly payload: Payload;
  readonly plan: Plan;
  readonly database: OldDatabase;
  readonly start: Watermark;
  readonly job: JobRun;
}

async function migrate({ payload, plan, database, start, job }: Run, deps: MigrateDeps, ctx: Ctx) {
  const { dryRun, userId, watermark } = payload;
  const users = await oneUser(plan, dryRun, database, ctx);
  const rows = await totals(plan, database, ctx);
  const total = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const { counts } = start;
  const progress = ({ read }: MigrationCounts) =>
    job.progress(
      Object.values(read).reduce((sum, count) => sum + count, 0),
      total,
      'rows',
    );
  const migration = { plan, database, userId, dryRun, counts, watermark, progress };
  for (const phase of PHASES.slice(PHASES.indexOf(start.phase))) {
    const from = phase === start.phase ? start.after : undefined;
    await migratePhase({ phase, from }, migration, deps, ctx);
  }
  if (!dryRun) await dropWatermark(watermark, deps, ctx);
  const { read, ...found } = counts;
  const report: MigrationReport = {
    dryRun,
    source: plan.source,
    tables: PHASES.flatMap((phase) => {
      const table = plan.chosen[phase];
      return table === undefined ? [] : tableReport(table, rows.get(phase) ?? 0, read[phase] ?? 0);
    }),
    ...(dryRun && users !== undefined ? { users } : {}),
    ...found,
    problems: found.problems.toSorted((a, b) => b.count - a.count),
    resumed: start.after !== undefined,
    advice: advice(plan, users?.length ?? 0, payload.user === undefined),
  };
  return report;
}

/**
 * Job that moves an old PostgreSQL-first deployment into a space: its rows become files under `raw/` that are imports like
 * any other, and from these come messages, exchanges and states with their vectors. Ids derive from table and key, so a
 * second run changes nothing; cut off, it goes on after the last file. Result: the report. Errors: `invalid-input` (tables,
 * mapping, several users), `unavailable` (the old database), `unreadable` (the address can no longer be opened).
 */
export function migrateJob(deps: MigrateDeps): JobDefinition<Payload> {
  return {
    kind: KIND,
    queue: 'ingestion',
    payload: Payload,
    timeLimitMs: 7 * 24 * 60 * 60_000,
    async run(payload, job, ctx) {
      const address = await deps.sealer.open(payload.from, boundTo(ctx.ownerId));
      const database = await deps.openOldDatabase(address, ctx.signal);
      try {
        const { mapping, user, dryRun } = payload;
        const chosen = chooseTables(await database.tables(ctx.signal), mapping);
        const plan: Plan = { source: mapping.source ?? database.name, chosen, user };
        const start: Watermark = dryRun
          ? { phase: PHASES[0], counts: noCounts() }
          : await readWatermark(payload.watermark, deps, ctx);
        return await migrate({ payload, plan, database, start, job }, deps, ctx);
      } finally {
        await database.close();
      }
    },
  };
}
