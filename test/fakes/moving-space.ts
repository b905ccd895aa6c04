import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openFolderObjectStore } from '../../src/adapters/object-store/folder-object-store.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { objectKeys, type ObjectKey } from '../../src/core/object-keys.ts';
import { systemTimers } from '../../src/core/timers.ts';
import { exportSpace } from '../../src/operations/space/export-space.ts';
import { askImport, type ImportDeps, importSpaceJob } from '../../src/operations/space/import-space.ts';
import type { JobRun } from '../../src/ports/job-queue.ts';
import type { JobRow } from '../../src/ports/ledger-rows.ts';
import { fakeCtx, OWNER_A, OWNER_B } from './ctx.ts';
import { fakeGraphStore } from './graph-store.ts';
import { openTestLedger } from './ledger.ts';
import { memoryItem } from './memory-item.ts';
import { fakeMemoryStore } from './memory-store.ts';
import { documentRow, jobRow, settingRow } from './rows.ts';

const ALL = '' as ObjectKey;
export const HOME = fakeCtx({ ownerId: OWNER_B });
export const HERE = fakeCtx();
const SESSION = newId();

type Place = Awaited<ReturnType<typeof place>>;
let folders: string[];
/** Where a space is taken from, and where to; each test opens them anew. */
export let from: Place;
export let to: Place;

async function place() {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-import-'));
  folders.push(folder);
  const { ledger, queue } = await openTestLedger();
  const objects = await openFolderObjectStore({ folder });
  const told: string[] = [];
  const deps: ImportDeps = {
    ledger,
    objects,
    memory: fakeMemoryStore(),
    graph: fakeGraphStore(),
    timers: systemTimers,
    begun: async (ownerId) => void told.push(`begun ${ownerId}`),
    async record(tx, { ownerId, userId }, { event, subject, counts }) {
      told.push(`${event} ${ownerId}`);
      const sealed = { previousHash: '', hash: '', credentialId: null, outcome: 'done' } as const;
      const entry = { ownerId, userId, event, subject, counts: JSON.stringify(counts), seq: 1, at: 1 };
      await tx.table('auditEntries').insert({ ...entry, ...sealed });
    },
  };
  const close = async () => {
    await queue.close();
    await ledger.close();
  };
  return { ...deps, deps, folder, told, close };
}

/** A space with a document, a conversation, a secret and work, and an installation with a space of its own. */
export async function openPlaces(): Promise<void> {
  folders = [];
  from = await place();
  to = await place();
  const session = {
    id: SESSION,
    userId: 'me',
    title: 'Boats',
    summary: null,
    sessionS3Path: `chats/session_${SESSION}/`,
    createdAt: 1,
    updatedAt: 1,
    processedForTraining: 0,
    messageCount: 1,
    nextSeq: 1,
    origin: 'chat',
    externalId: null,
    titledBy: 'rule',
    leafId: null,
    summaryUpto: null,
    summarySeq: null,
  } as const;
  await from.ledger.forOwner(OWNER_A, async (tx) => {
    await tx.table('spaces').insert({ name: 'laptop', createdAt: 1 });
    await tx.table('documents').insert(documentRow({ vectorCount: 5, status: 'ready' }));
    await tx.table('chatSessions').insert(session);
    await tx.table('settings').insert(settingRow('model-provider:mine', '{"key":{"sealed":"v1.x"}}'));
    await tx
      .table('jobs')
      .insert([
        jobRow({ kind: 'waits', payload: '{"n":1}', runAt: 77 }),
        jobRow({ kind: 'was-done', status: 'done' }),
        jobRow({ kind: 'erase-space' }),
      ]);
  });
  const message = (seq: number) => objectKeys.message(SESSION, seq, newId());
  await from.objects.put(OWNER_A, message(0), 'said before', { durable: true });
  await from.objects.put(OWNER_A, message(1), 'said after', { durable: true });
  await from.objects.put(OWNER_A, objectKeys.original(newId(), 'txt'), 'x'.repeat(300_000), {
    durable: true,
  });
  await from.memory.upsert(OWNER_A, [memoryItem({ id: newId() })], HERE.signal);
}

export async function closePlaces(): Promise<void> {
  await from.close();
  await to.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

export const exported = async () =>
  Buffer.concat(await Array.fromAsync(exportSpace({ madeBy: '1' }, from.deps, HERE)));

export const running = (id: string, progress: JobRun['progress'] = () => {}): JobRun => ({
  id,
  attempt: 1,
  lastAttempt: true,
  progress,
  note() {},
});

async function* bytesOf(archive: Uint8Array) {
  yield archive;
}

export async function asked(archive: Uint8Array, replace = false): Promise<JobRow> {
  const wish = { bytes: bytesOf(archive), replace, userId: 'host' };
  const { jobId } = await askImport(wish, to.deps, HOME);
  const row = await to.ledger.readsOf(OWNER_B).table('jobs').get({ id: jobId });
  if (row === undefined) throw new Error('There is no job.');
  return row;
}

export const payloadOf = ({ payload }: JobRow) => JSON.parse(payload) as never;
export const run = (row: JobRow) => importSpaceJob(to.deps).run(payloadOf(row), running(row.id), HOME);
export const bury = (row: JobRow) =>
  importSpaceJob(to.deps).onDead?.(payloadOf(row), new AppError('internal', 'x'), HOME);

export async function objectsIn({ objects }: Place, ownerId = OWNER_A): Promise<string[]> {
  return (await Array.fromAsync(objects.list(ownerId, ALL))).map(({ key }) => key);
}

export async function nothingIsThere(): Promise<void> {
  expect(await objectsIn(to)).toEqual([]);
  expect(await to.memory.count(OWNER_A, {}, HERE.signal)).toBe(0);
  const reads = to.ledger.readsOf(OWNER_A);
  for (const table of ['spaces', 'documents', 'chatSessions', 'settings', 'jobs'] as const)
    expect([table, await reads.table(table).count()]).toEqual([table, 0]);
}
