import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inlineCompute } from '../../src/adapters/compute/inline-compute.ts';
import { openSqliteLedger } from '../../src/adapters/ledger/sqlite-ledger.ts';
import { openFolderObjectStore } from '../../src/adapters/object-store/folder-object-store.ts';
import type { Ctx } from '../../src/core/context.ts';
import { toAppError } from '../../src/core/errors.ts';
import { acceptDocument } from '../../src/ingest/accept-document.ts';
import type { IngestDeps } from '../../src/ingest/deps.ts';
import { documentLocks } from '../../src/ingest/document-locks.ts';
import { documentFinishers } from '../../src/ingest/finishers.ts';
import { readDocumentJob } from '../../src/ingest/read-document-job.ts';
import { rebuildDocumentsJob } from '../../src/ingest/rebuild-documents.ts';
import { retireDocumentsJob } from '../../src/ingest/retire-documents.ts';
import { textReader } from '../../src/memory/texts.ts';
import type { ExtractedDocument, DocumentReader, Block } from '../../src/ports/document-reader.ts';
import type { LiveEvent } from '../../src/ports/event-bus.ts';
import type { JobDefinition, JobRun } from '../../src/ports/job-queue.ts';
import type { JobRow } from '../../src/ports/ledger-rows.ts';
import type { DomainEvent, NewJob } from '../../src/ports/ledger.ts';
import { UploadFields, type UploadResult } from '../../src/wire/documents.ts';
import { fakeClock } from './clock.ts';
import { fakeCtx } from './ctx.ts';
import { fakeMemoryStore } from './memory-store.ts';

/** Reads text files, `#` lines as headings; a NUL byte makes a file one that nobody can read. */
export function fakeReader(): DocumentReader {
  const textOf = async (bytes: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of bytes) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  };
  return {
    formats: ['text'],
    async detect({ bytes }) {
      const text = await textOf(bytes);
      return text.includes('\0') ? undefined : { contentType: 'text/plain', extension: 'txt' };
    },
    async read({ bytes }): Promise<ExtractedDocument> {
      const text = await textOf(bytes);
      const blocks = [...text.matchAll(/^# .*$/gm)].map((match): Block => ({
        kind: 'heading',
        start: match.index,
        end: match.index + match[0].length,
        level: 1,
      }));
      return { text, blocks, pages: [], warnings: [] };
    },
    async close() {},
  };
}

/** What one run of a job told. */
export interface RanJob {
  readonly kind: string;
  readonly status: 'done' | 'queued' | 'dead';
  readonly result?: unknown;
  readonly notes: readonly string[];
}

export interface IngestRoomOptions {
  readonly deps?: Partial<IngestDeps>;
  readonly followers?: (event: DomainEvent) => readonly NewJob[];
}

/** The room `ingest` over the real ledger and the real object store in a temporary folder, with jobs run by hand. */
export async function openIngestRoom(options: IngestRoomOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-ingest-'));
  const clock = fakeClock();
  const announced: DomainEvent[] = [];
  const published: LiveEvent[] = [];
  const ledger = await openSqliteLedger({
    path: join(folder, 'ledger.db'),
    now: clock.now,
    followers: (event) => {
      announced.push(event);
      return options.followers?.(event) ?? [];
    },
  });
  const objects = await openFolderObjectStore({ folder: join(folder, 'objects') });
  const deps: IngestDeps & { texts: ReturnType<typeof textReader> } = {
    ledger,
    objects,
    memory: fakeMemoryStore(),
    reader: fakeReader(),
    compute: inlineCompute(),
    bus: { publish: (_owner, event) => published.push(event) },
    locks: documentLocks(),
    maxUploadBytes: 1_000_000,
    ...options.deps,
    texts: textReader(objects),
  };
  const ctx = fakeCtx({ now: clock.now });
  const jobs = [
    readDocumentJob(deps),
    rebuildDocumentsJob(deps),
    retireDocumentsJob(deps),
  ] as JobDefinition[];
  return {
    folder,
    clock,
    announced,
    published,
    deps,
    ctx,
    upload: (text: string | Uint8Array, given: UploadGiven = {}) =>
      upload({ text, ...given }, deps, given.ctx ?? ctx),
    /** Runs what is due, one after the other, until nothing is; `more` are definitions of other rooms. */
    runJobs: (more: readonly JobDefinition[] = []) => runJobs([...jobs, ...more], deps, ctx),
    /** What the sweeper does at start. */
    async sweep() {
      const intents = await ledger.forOwner(ctx.ownerId, (tx) => tx.table('intents').list());
      for (const intent of intents) await documentFinishers(deps)[intent.kind]?.(intent, ctx);
    },
    async close() {
      await ledger.close();
      await objects.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type IngestRoom = Awaited<ReturnType<typeof openIngestRoom>>;

export interface UploadGiven {
  readonly filename?: string;
  readonly path?: string;
  readonly source?: string;
  readonly tags?: string;
  readonly contentTime?: number;
  readonly ctx?: Ctx;
}

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += 1_000) yield bytes.subarray(i, i + 1_000);
}

async function upload(
  given: UploadGiven & { readonly text: string | Uint8Array },
  deps: IngestDeps,
  context: Ctx,
): Promise<UploadResult> {
  const { text, filename = 'notes.txt', ctx: _ctx, ...fields } = given;
  const bytes = chunked(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  const input = { userId: 'user', file: { filename, bytes }, fields: UploadFields.parse(fields) };
  return acceptDocument(input, deps, context);
}

async function settle(row: JobRow, patch: Partial<JobRow>, deps: IngestDeps): Promise<void> {
  await deps.ledger.system((tx) => tx.table('jobs').update({ ownerId: row.ownerId, id: row.id }, patch));
}

async function runJob(row: JobRow, definition: JobDefinition, deps: IngestDeps, ctx: Ctx): Promise<RanJob> {
  const notes: string[] = [];
  const lastAttempt = row.attempt >= row.maxAttempts;
  const job: JobRun = {
    id: row.id,
    attempt: row.attempt,
    lastAttempt,
    progress() {},
    note: (line) => notes.push(line),
  };
  const payload = definition.payload.parse(JSON.parse(row.payload));
  const own = { ...ctx, ownerId: row.ownerId };
  try {
    const result = await definition.run(payload, job, own);
    await settle(row, { status: 'done', leaseUntil: null }, deps);
    return { kind: row.kind, status: 'done', result, notes };
  } catch (thrown) {
    const error = toAppError(thrown);
    const status = error.retryable && !lastAttempt ? 'queued' : 'dead';
    await settle(row, { status, leaseUntil: null }, deps);
    if (status === 'dead') await definition.onDead?.(payload, error, own);
    return { kind: row.kind, status, notes };
  }
}

async function runJobs(definitions: readonly JobDefinition[], deps: IngestDeps, ctx: Ctx): Promise<RanJob[]> {
  const ran: RanJob[] = [];
  for (;;) {
    const claim = { queues: ['ingestion', 'light'], worker: 'test', leaseMs: 60_000 } as const;
    const row = await deps.ledger.system((tx) => tx.claimJob(claim));
    if (row === undefined) return ran;
    const definition = definitions.find(({ kind }) => kind === row.kind);
    if (definition === undefined) throw new Error(`no definition of job ${row.kind}`);
    ran.push(await runJob(row, definition, deps, ctx));
  }
}
