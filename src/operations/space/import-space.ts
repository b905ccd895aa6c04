import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { objectKeys, type ObjectKey } from '../../core/object-keys.ts';
import type { Timers } from '../../core/timers.ts';
import type { GraphStore } from '../../ports/graph-store.ts';
import type { JobDefinition, JobRun } from '../../ports/job-queue.ts';
import { SYSTEM_OWNER, type TombstoneRow } from '../../ports/ledger-rows.ts';
import type { Ledger, OwnerTx, Reads, SystemTx } from '../../ports/ledger.ts';
import type { MemoryStore } from '../../ports/memory-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { Id } from '../../wire/common.ts';
import type { SpaceImported } from '../../wire/archives.ts';
import type { JobStarted } from '../../wire/system.ts';
import { type ArchiveSource, checkArchive, headOf } from '../backup/check-archive.ts';
import { readContent } from '../backup/read-archive.ts';
import type { ArchiveCounts } from '../backup/write-archive.ts';
import { NewSpace } from '../../wire/people.ts';
import { emptySpace } from './erase-space.ts';
import { importRows, type LastRows } from './import-rows.ts';
import { TABLE_NAMES } from './space-tables.ts';

export interface ImportDeps {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly memory: MemoryStore;
  readonly graph: GraphStore;
  readonly timers: Timers;
  /** Told when everything is there: the space gets an embedder if it has none, its items vectors, and its members may come in. */
  readonly begun: (ownerId: string) => Promise<void>;
  /** Writes into the audit log of the space, in the transaction of what it tells of. */
  readonly record: (
    tx: SystemTx,
    by: { readonly ownerId: string; readonly userId: string },
    event: {
      readonly event: string;
      readonly subject: string;
      readonly counts: Readonly<Record<string, number>>;
    },
  ) => Promise<void>;
}

interface Running {
  readonly job: JobRun;
  readonly deps: ImportDeps;
  readonly ctx: Ctx;
}

/** In the audit log of a space that came. */
const IMPORTED = 'space-imported';
const KIND = 'import-space';
const LIVE = { in: ['queued', 'running'] } as const;
/** Every object of an owner. */
const ALL = '' as ObjectKey;

const Payload = z.strictObject({
  archiveId: Id,
  sizeBytes: z.number(),
  ownerId: Id,
  /** What the space is called here, where it is new. */
  name: z.string(),
  /** Whether a space that is here when the job begins may be emptied. */
  replace: z.boolean(),
  userId: z.string(),
});
type Payload = z.infer<typeof Payload>;

/** What a person wants with an archive. */
export interface ImportWish {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** That of the archive by default. */
  readonly name?: string | undefined;
  /** What the space remembers already is erased first. */
  readonly replace: boolean;
  readonly userId: string;
}

async function refuseName(name: string, all: Pick<SystemTx | Reads, 'table'>): Promise<void> {
  if (!NewSpace.shape.name.safeParse(name).success)
    throw new AppError(
      'invalid-input',
      'No space can be called as this archive is; give it another (--name).',
    );
  if ((await all.table('spaces').count({ name })) === 0) return;
  throw new AppError('conflict', `There is a space ${name} already; give this one another (--name).`);
}

/** Refuses what cannot be; true when the space is here and will be emptied. */
async function mayEmpty(
  target: Pick<Payload, 'ownerId' | 'name' | 'replace'>,
  deps: ImportDeps,
  ctx: Ctx,
): Promise<boolean> {
  const { ownerId, name, replace } = target;
  if (!(await isHere(ownerId, deps))) {
    await refuseName(name, deps.ledger.systemReads());
    return replace;
  }
  if (replace) return true;
  const own = deps.ledger.readsOf(ownerId);
  const held =
    (await own.table('documents').count()) +
    (await own.table('chatSessions').count()) +
    (await deps.memory.count(ownerId, {}, ctx.signal));
  if (held === 0) return true;
  throw new AppError(
    'conflict',
    'This space is here already and is not empty. To have the archive in its place, say so (--replace).',
  );
}

async function refuseSecond(ownerId: string, tx: OwnerTx): Promise<void> {
  const jobs = await tx.table('jobs').list({ where: { kind: KIND, status: LIVE } });
  const same = jobs.find(({ payload }) => Payload.safeParse(JSON.parse(payload)).data?.ownerId === ownerId);
  if (same !== undefined)
    throw new AppError('conflict', `This space is being imported already, by the job ${same.id}.`);
}

/**
 * Takes in the archive of a space and begins its import. Errors: `unreadable`, `unsupported` (no archive of a space, or one
 * of a newer Jiwa), `conflict` (the space is here and not empty, the name is taken).
 */
export async function askImport(wish: ImportWish, deps: ImportDeps, ctx: Ctx): Promise<JobStarted> {
  const { bytes, replace, userId } = wish;
  const staged = await deps.objects.stage(SYSTEM_OWNER, bytes, Number.MAX_SAFE_INTEGER, ctx.signal);
  try {
    const head = await headOf(staged.read());
    if (head.kind !== 'space')
      throw new AppError(
        'unsupported',
        'Expected the archive of one space; a backup is taken in by `jiwa restore`.',
      );
    const { ownerId } = head;
    const target = { ownerId, name: wish.name ?? head.name, replace };
    const replaced = await mayEmpty(target, deps, ctx);
    const archiveId = ctx.newId();
    const key = objectKeys.incoming(archiveId);
    await staged.commit(key);
    const payload: Payload = { ...target, replace: replaced, archiveId, userId, sizeBytes: staged.sizeBytes };
    const job = { kind: KIND, queue: 'light', payload, priority: 0 } as const;
    // All imports are asked for in one space, the first.
    const begun = deps.ledger.forOwner(ctx.ownerId, async (tx) => {
      await refuseSecond(ownerId, tx);
      return { jobId: await tx.enqueue(job) };
    });
    return await begun.catch(async (error: unknown) => {
      await deps.objects.remove(SYSTEM_OWNER, key);
      throw error;
    });
  } finally {
    await staged.discard();
  }
}

/** Takes away what an attempt brought that did not come to its end. */
async function clear(ownerId: string, deps: ImportDeps, signal: AbortSignal): Promise<void> {
  for (const name of TABLE_NAMES) await deps.ledger.forOwner(ownerId, (tx) => tx.table(name).remove({}));
  await deps.memory.removeOwner(ownerId, signal);
  await deps.graph.removeOwner(ownerId, signal);
  await deps.objects.removeAll(ownerId, ALL, signal);
}

const isHere = async (ownerId: string, { ledger }: ImportDeps) =>
  (await ledger.readsOf(ownerId).table('spaces').count()) > 0;

interface Taken {
  readonly isNew: boolean;
  readonly last: LastRows;
  readonly counts: ArchiveCounts;
}

type Forgotten = SpaceImported['forgottenSince'];

/** Has the tombstones of the archive in place of those that were here; gives what only these knew of. */
async function replaceTombstones(
  ownerId: string,
  archived: readonly TombstoneRow[],
  tx: SystemTx,
): Promise<Forgotten> {
  const stones = tx.table('tombstones');
  const keyOf = ({ kind, sourceId }: Forgotten[number]) => `${kind} ${sourceId}`;
  const known = new Set(archived.map(keyOf));
  // That of the whole space is not of something that comes back.
  const others = { ownerId, sourceId: { not: ownerId } };
  const here = await stones.list({ where: others });
  await stones.remove(others);
  await stones.upsert(archived);
  return here.filter((stone) => !known.has(keyOf(stone))).map(({ kind, sourceId }) => ({ kind, sourceId }));
}

/** Makes the space appear with its last rows, in one step; what it still had to do goes on here. */
async function appear(
  payload: Payload,
  { isNew, last, counts }: Taken,
  { job, deps, ctx }: Running,
): Promise<Forgotten> {
  const { ownerId, userId, name } = payload;
  return deps.ledger.system(async (tx) => {
    if (isNew) {
      await refuseName(name, tx);
      const caller = await tx.table('users').get({ ownerId: ctx.ownerId, id: userId });
      await tx.table('spaces').insert({ ownerId, name, createdAt: tx.now });
      const host = { id: userId, name: caller?.name ?? name, role: 'host', disabledAt: null } as const;
      await tx.table('users').upsert({ ...host, ownerId, createdAt: tx.now });
    }
    await tx.table('intents').upsert(last.intents);
    for (const unfinished of last.jobs) await tx.enqueue(ownerId, unfinished);
    const forgottenSince = await replaceTombstones(ownerId, last.tombstones, tx);
    await deps.record(tx, { ownerId, userId }, { event: IMPORTED, subject: job.id, counts: { ...counts } });
    return forgottenSince;
  });
}

type Imported = ArchiveCounts & Pick<SpaceImported, 'forgottenSince'>;

async function take(source: ArchiveSource, payload: Payload, { job, deps, ctx }: Running): Promise<Imported> {
  const { ownerId, replace } = payload;
  const isNew = !(await isHere(ownerId, deps));
  if (!isNew && !replace)
    throw new AppError('conflict', 'This space came here while its import waited; it is left as it is.');
  if (isNew) await clear(ownerId, deps, ctx.signal);
  else await emptySpace(job.id, deps, { ...ctx, ownerId });
  const progress = (done: number) => job.progress(source.sizeBytes + done, 2 * source.sizeBytes, 'importing');
  const content = await readContent({ source, progress }, deps, ctx.signal);
  const { rows, last } = await importRows({ source, ownerId, isNew }, deps, ctx.signal);
  const counts = { rows, ...content };
  const forgottenSince = await appear(payload, { isNew, last, counts }, { job, deps, ctx });
  return { ...counts, forgottenSince };
}

/** What an earlier attempt of this job took in, whose process ended before it could say so. */
async function alreadyTaken({ ownerId }: Payload, { job, deps }: Running): Promise<Imported | undefined> {
  const entries = deps.ledger.readsOf(ownerId).table('auditEntries');
  const entry = await entries.get({ event: IMPORTED, subject: job.id });
  return entry && { ...(JSON.parse(entry.counts ?? '{}') as ArchiveCounts), forgottenSince: [] };
}

async function importSpace(payload: Payload, running: Running): Promise<SpaceImported> {
  const { job, deps, ctx } = running;
  const { archiveId, sizeBytes, ownerId } = payload;
  const key = objectKeys.incoming(archiveId);
  const source = { sizeBytes, open: () => deps.objects.read(SYSTEM_OWNER, key, undefined, ctx.signal) };
  const checked = (done: number) => job.progress(done, 2 * sizeBytes, 'checking');
  const { head } = await checkArchive(source, checked, ctx.signal);
  if (head.ownerId !== ownerId) throw new AppError('unreadable', 'The archive is not the one that was sent.');
  const imported = (await alreadyTaken(payload, running)) ?? (await take(source, payload, running));
  await deps.begun(ownerId);
  await deps.objects.remove(SYSTEM_OWNER, key);
  return { ...imported, ownerId, enterAgain: head.enterAgain };
}

/**
 * Job that brings a space from its archive, which lies in the object store meanwhile: checks all of it, then writes items,
 * objects and rows under their own ids. A space that is new here is seen once everything is there, with who asked as its host;
 * what does not come to its end is taken away again. One that is here keeps its name, members, keys, log and costs. Can run twice.
 */
export function importSpaceJob(deps: ImportDeps): JobDefinition<Payload> {
  return {
    kind: KIND,
    queue: 'light',
    payload: Payload,
    timeLimitMs: 24 * 60 * 60_000,
    run: (payload, job, ctx) => importSpace(payload, { job, deps, ctx }),
    async onDead({ archiveId, ownerId }, _error, ctx) {
      if (!(await isHere(ownerId, deps))) await clear(ownerId, deps, ctx.signal);
      await deps.objects.remove(SYSTEM_OWNER, objectKeys.incoming(archiveId));
    },
  };
}
