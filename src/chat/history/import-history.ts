import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { slices } from '../../core/right-of-way.ts';
import { AppError } from '../../core/errors.ts';
import type { JobDefinition, JobRun } from '../../ports/job-queue.ts';
import type { NewJob } from '../../ports/ledger.ts';
import { Id } from '../../wire/common.ts';
import type { ImportReport } from '../../wire/sessions.ts';
import { snapshotJob } from '../snapshot-sessions.ts';
import type { ImportDeps } from './import-deps.ts';
import type { Rebuild } from './imported-session.ts';
import { importWriter } from './import-writer.ts';
import { findImport, type ImportedFile } from './imports.ts';
import { importObject, importRecords } from './open-import.ts';
import { redactImport } from './redact-import.ts';
import { newTally, type Tally } from './tally.ts';

const KIND = 'import-history';
/** Messages written together: large enough for few syncs, small enough to hold little and to stop soon. */
const BATCH = 1_000;

const Payload = z.strictObject({ importId: Id, userId: z.string() });
type Payload = z.infer<typeof Payload>;

/** The job that takes in an imported file. */
export function importJob(payload: Payload): NewJob {
  return { kind: KIND, queue: 'ingestion', payload, dedupKey: `${KIND}:${payload.importId}`, priority: 10 };
}

/** What one run over a file needs. */
export interface ImportRun {
  readonly file: ImportedFile;
  readonly userId: string;
  readonly rebuild?: Rebuild | undefined;
  readonly progress: JobRun['progress'];
}

/** Streams through an imported file and makes its messages recallable; counts what it meets. */
export async function importFile(run: ImportRun, deps: ImportDeps, ctx: Ctx): Promise<Tally> {
  const tally = newTally();
  const writer = importWriter({ ...run, tally }, deps, ctx);
  const object = await importObject(run.file.id, deps, ctx);
  const breathe = slices(deps.way);
  for await (const { read, position } of importRecords(run.file, object, deps, ctx)) {
    await breathe();
    if ('reason' in read) tally.skip(read, position);
    else writer.add(read.parsed, position);
    if (writer.pending() < BATCH) continue;
    await writer.flush();
    run.progress(tally.messages(), undefined, 'messages');
  }
  await writer.flush();
  run.progress(tally.messages(), tally.messages(), 'messages');
  return tally;
}

function nothingIn({ skipped }: ImportReport): AppError {
  const reasons = skipped.slice(0, 3).map(({ reason, count }) => `${reason} (${count})`);
  const why = reasons.length === 0 ? 'it is empty' : `skipped: ${reasons.join(', ')}`;
  return new AppError(
    'unsupported',
    `Expected messages as JSON lines, or a ChatGPT or Claude export; found none: ${why}.`,
  );
}

/**
 * Takes in an imported file that is stored: messages and items, then those who follow an import. Asks for the owner's turn
 * beforehand. Throws `not-found` when all of it was deleted, `unsupported` when nothing is in it unless that may be.
 */
export async function takeInImport(
  { importId, userId, mayBeEmpty = false }: Payload & { readonly mayBeEmpty?: boolean },
  job: Pick<JobRun, 'progress'>,
  deps: ImportDeps,
  ctx: Ctx,
): Promise<ImportReport> {
  ctx.signal.throwIfAborted();
  const file = await findImport(importId, deps, ctx);
  if (!file) throw new AppError('not-found', 'Expected an imported file; all of it was deleted.');
  const progress = job.progress.bind(job);
  const tally = await importFile({ file, userId, progress }, deps, ctx);
  const report = tally.report();
  if (!mayBeEmpty && tally.messages() + tally.besides() === 0) throw nothingIn(report);
  if (tally.anyDeleted()) await redactImport(importId, deps, ctx);
  await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    await tx.announce({ kind: 'history-imported', importId, sessionIds: tally.sessionIds() });
    await tx.enqueue(snapshotJob({ importId }, tx.now));
  });
  return report;
}

/**
 * Job that takes in an imported history: original times, ids from the export, so doing it again or with a newer export
 * of the same account adds only what is new. Result: the report. Fails with `unsupported` when no message was found.
 */
export function importHistoryJob(deps: ImportDeps): JobDefinition<Payload> {
  return {
    kind: KIND,
    queue: 'ingestion',
    payload: Payload,
    timeLimitMs: 6 * 60 * 60_000,
    // Two files that hold the same conversation would both begin it, and give its places twice.
    run: (payload, job, ctx) =>
      deps.importTurns(ctx.ownerId, () => takeInImport(payload, job, deps, ctx), ctx.signal),
  };
}
