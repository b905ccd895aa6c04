import { mapBounded } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import type { ObjectKey } from '../core/object-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { AuditCheck } from '../wire/audit.ts';
import type { DoctorReport } from '../wire/system.ts';

export interface DoctorDeps {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly memory: MemoryStore;
  /** Slot that serves now. */
  readonly activeSlot: () => string;
  /** Whether the audit log is as it was written. */
  readonly verifyAudit: (ctx: Ctx) => Promise<AuditCheck>;
}

type Check = DoctorReport['checks'][number];

/** A write that has been open this long did not end: the sweeper should have finished it. */
const OPEN_WRITE_MS = 60_000;

async function originals(documents: readonly DocumentRow[], deps: DoctorDeps, ctx: Ctx): Promise<Check> {
  const missing = await mapBounded(documents, 8, async (document) => {
    const info = await deps.objects.info(ctx.ownerId, document.s3Path as ObjectKey);
    return info === undefined || info.sizeBytes !== document.sizeBytes ? document.filename : undefined;
  });
  const names = missing.filter((name) => name !== undefined);
  return {
    name: 'Every document has its original, whole',
    ok: names.length === 0,
    found:
      names.length === 0
        ? `${documents.length} originals`
        : `missing or cut: ${names.slice(0, 5).join(', ')}`,
    ...(names.length === 0 ? {} : { advice: 'Upload these files again, or restore them from a backup.' }),
  };
}

async function chunks(documents: readonly DocumentRow[], deps: DoctorDeps, ctx: Ctx): Promise<Check> {
  const ready = documents.filter((document) => document.status === 'ready');
  const wrong = await mapBounded(ready, 4, async (document) => {
    const filter = { kinds: ['chunk' as const], documentIds: [document.id] };
    const count = await deps.memory.count(ctx.ownerId, filter, ctx.signal);
    return count === document.chunkCount ? undefined : document.filename;
  });
  const names = wrong.filter((name) => name !== undefined);
  return {
    name: 'Memory holds every chunk of the ready documents',
    ok: names.length === 0,
    found:
      names.length === 0 ? `${ready.length} documents agree` : `differs: ${names.slice(0, 5).join(', ')}`,
    ...(names.length === 0 ? {} : { advice: 'Run `jiwa rebuild`.' }),
  };
}

async function openWrites(deps: DoctorDeps, ctx: Ctx): Promise<Check> {
  const before = ctx.now() - OPEN_WRITE_MS;
  const open = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('intents')
    .count({ createdAt: { lt: before } });
  return {
    name: 'No write is half done',
    ok: open === 0,
    found: open === 0 ? 'none open' : `${open} open for more than a minute`,
    ...(open === 0
      ? {}
      : { advice: 'Jiwa finishes open writes within half an hour, and at its next start.' }),
  };
}

/** A file without readable text is no fault of the installation: its document says why, and trying again mends nothing. */
async function deadJobs(deps: DoctorDeps, ctx: Ctx): Promise<Check> {
  const jobs = deps.ledger.readsOf(ctx.ownerId).table('jobs');
  const dead =
    (await jobs.count({ status: 'dead' })) - (await jobs.count({ status: 'dead', errorCode: 'unreadable' }));
  return {
    name: 'No job failed for good',
    ok: dead === 0,
    found: dead === 0 ? 'none' : `${dead} dead`,
    ...(dead === 0 ? {} : { advice: 'See `jiwa jobs --status dead`, then `jiwa jobs retry <id>`.' }),
  };
}

async function forgetting(deps: DoctorDeps, ctx: Ctx): Promise<Check> {
  const stones = await deps.ledger.readsOf(ctx.ownerId).table('tombstones').list();
  const ghosts = await mapBounded(stones, 4, async ({ sourceId }) =>
    deps.memory.count(ctx.ownerId, { sources: [sourceId] }, ctx.signal),
  );
  const left = ghosts.reduce((sum, count) => sum + count, 0);
  return {
    name: 'What was forgotten is gone',
    ok: left === 0,
    found:
      left === 0 ? `${stones.length} forgotten sources left nothing` : `${left} items of forgotten sources`,
    ...(left === 0 ? {} : { advice: 'Restart Jiwa: it finishes deletions at start.' }),
  };
}

async function vectors(deps: DoctorDeps, ctx: Ctx): Promise<Check> {
  const slot = deps.activeSlot();
  const filter = { kinds: ['chunk' as const, 'message' as const] };
  const coverage = await deps.memory.vectorCoverage(ctx.ownerId, slot, filter, ctx.signal);
  const waiting = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('jobs')
    .count({ kind: 'fill-vectors', status: { in: ['queued', 'running'] } });
  const ok = coverage.vectors >= coverage.items || waiting > 0;
  return {
    name: 'Everything has a vector, or gets one',
    ok,
    found: `${coverage.vectors} of ${coverage.items} in ${slot}${waiting > 0 ? ', a job is filling the rest' : ''}`,
    ...(ok ? {} : { advice: 'Restart Jiwa: it queues the missing vectors at start.' }),
  };
}

async function auditLog({ verifyAudit }: DoctorDeps, ctx: Ctx): Promise<Check> {
  const { ok, entries, problem = '' } = await verifyAudit(ctx);
  return {
    name: 'The audit log is as it was written',
    ok,
    found: ok ? `${entries} entries` : problem,
    ...(ok
      ? {}
      : { advice: 'Somebody changed the ledger by hand, or it was damaged: compare with a backup.' }),
  };
}

/** Checks that the stores of one owner agree with each other; looks, never mends. */
export async function doctor(deps: DoctorDeps, ctx: Ctx): Promise<DoctorReport> {
  const documents = await deps.ledger.readsOf(ctx.ownerId).table('documents').list();
  const checks = [
    await originals(documents, deps, ctx),
    await chunks(documents, deps, ctx),
    await openWrites(deps, ctx),
    await deadJobs(deps, ctx),
    await forgetting(deps, ctx),
    await vectors(deps, ctx),
    await auditLog(deps, ctx),
  ];
  return { ok: checks.every((check) => check.ok), checks };
}
