import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipArchiveReader } from '../../src/adapters/archive-reader/zip-archive-reader.ts';
import { inlineCompute } from '../../src/adapters/compute/inline-compute.ts';
import { openSqliteLedger } from '../../src/adapters/ledger/sqlite-ledger.ts';
import { openFolderObjectStore } from '../../src/adapters/object-store/folder-object-store.ts';
import { answerByQuotes } from '../../src/chat/answer/floor-answerer.ts';
import { answerMessage, type AnswerMessageDeps, type SentMessage } from '../../src/chat/answer-message.ts';
import type { AnswerDeps } from '../../src/chat/chat-deps.ts';
import { type DescribeDeps, describeSessions } from '../../src/chat/describe-session.ts';
import { chatFinishers } from '../../src/chat/finishers.ts';
import type { FollowDeps } from '../../src/chat/follow-answer.ts';
import { forgetAnswersJob } from '../../src/chat/forget-answers-job.ts';
import { acceptHistory } from '../../src/chat/history/accept-history.ts';
import type { ImportDeps } from '../../src/chat/history/import-deps.ts';
import { importHistoryJob } from '../../src/chat/history/import-history.ts';
import { redactImportsJob } from '../../src/chat/redact-imports-job.ts';
import { listSessions } from '../../src/chat/list-sessions.ts';
import { liveAnswers } from '../../src/chat/live-answers.ts';
import { rebuildChatsJob } from '../../src/chat/rebuild-chats.ts';
import { listMessages } from '../../src/chat/session-messages.ts';
import { createSession, sessionTitles } from '../../src/chat/sessions.ts';
import { snapshotSessions } from '../../src/chat/snapshot-sessions.ts';
import { hiddenSources } from '../../src/chat/hidden-sources.ts';
import { type Ctx, silentLog } from '../../src/core/context.ts';
import { aloneLeases } from '../../src/core/leases.ts';
import { toAppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { turns } from '../../src/core/turns.ts';
import { recall } from '../../src/memory/recall.ts';
import { textReader } from '../../src/memory/texts.ts';
import type { JobDefinition, JobRun } from '../../src/ports/job-queue.ts';
import type { DomainEvent, NewJob } from '../../src/ports/ledger.ts';
import type { ImportReport, ImportResult } from '../../src/wire/sessions.ts';
import { rightOfWay } from '../../src/core/right-of-way.ts';
import { fakeClock } from './clock.ts';
import { fakeCtx } from './ctx.ts';
import { fakeEmbedder } from './embedder.ts';
import { fakeMemoryStore } from './memory-store.ts';

export type ChatRoomDeps = ImportDeps & AnswerDeps & AnswerMessageDeps & DescribeDeps & FollowDeps;

export interface ChatRoomOptions {
  /** Puts something between the room and its real stores, such as a store that fails. */
  readonly wrap?: (deps: ChatRoomDeps) => ChatRoomDeps;
  readonly followers?: (event: DomainEvent) => readonly NewJob[];
}

/** What one run of a job came to. */
export interface RanChatJob {
  readonly kind: string;
  readonly result?: unknown;
  readonly error?: string;
}

/** The room `chat` over the real ledger and object store in a temporary folder, with jobs run by hand. */
export async function openChatRoom(options: ChatRoomOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-chat-'));
  const clock = fakeClock();
  const announced: DomainEvent[] = [];
  const followers = (event: DomainEvent) => {
    announced.push(event);
    return options.followers?.(event) ?? [];
  };
  const ledger = await openSqliteLedger({ path: join(folder, 'ledger.db'), now: clock.now, followers });
  const objects = await openFolderObjectStore({ folder: join(folder, 'objects') });
  const embedder = fakeEmbedder();
  const way = rightOfWay(clock);
  const stores: ImportDeps = {
    ledger,
    objects,
    memory: fakeMemoryStore({ batchItems: 50 }),
    archives: zipArchiveReader(),
    compute: inlineCompute(),
    importTurns: turns(),
    way,
  };
  const texts = textReader(objects);
  const answering: AnswerDeps = {
    memory: stores.memory,
    embedder: () => ({ embedder, slot: 'text@fake' }),
    async recall(request, ctx) {
      const { memory } = stores;
      const deps = {
        memory,
        texts,
        embedder: () => ({ embedder, slot: 'text@fake' }),
        hidden: () => hiddenSources(stores, ctx),
        titles: (ids: readonly string[]) => sessionTitles(ids, stores, ctx),
      };
      return recall(request, deps, ctx);
    },
  };
  const real: ChatRoomDeps = {
    ...stores,
    ...answering,
    timers: clock,
    way,
    answerer: (input, ctx) => answerByQuotes(input, deps, ctx),
    live: liveAnswers({ timers: clock, newId, log: silentLog, leases: aloneLeases() }),
    keepTrace: async () => {},
    modelOf: async () => undefined,
  };
  const deps: ChatRoomDeps = options.wrap?.(real) ?? real;
  const ctx = fakeCtx({ now: clock.now });
  const objectsWith = (text: string) => filesWith(join(folder, 'objects'), text);
  return {
    folder,
    clock,
    announced,
    deps,
    ctx,
    texts,
    /** The stores without what the test put in between. */
    real,
    newSession: async (title?: string) =>
      (await createSession({ userId: 'user', ...(title === undefined ? {} : { title }) }, deps, ctx)).id,
    send: (sessionId: string, text: string, more: Partial<SentMessage> = {}) =>
      Array.fromAsync(answerMessage(sent(sessionId, text, more), deps, ctx)),
    accept: (text: string | Uint8Array, filename = 'history.jsonl', through = deps, context = ctx) =>
      accept(text, filename, through, context),
    /** Takes a history in and gives the report. */
    async importHistory(text: string | Uint8Array, filename = 'history.jsonl'): Promise<ImportReport> {
      await accept(text, filename, deps, ctx);
      const ran = await runJobs(deps, ctx);
      const job = ran.find(({ kind }) => kind === 'import-history');
      if (job?.error !== undefined) throw new Error(job.error);
      return job?.result as ImportReport;
    },
    runJobs: (through = deps) => runJobs(through, ctx),
    /** What the sweeper does at start, over the stores as they are. */
    async sweep() {
      const intents = await ledger.forOwner(ctx.ownerId, (tx) => tx.table('intents').list());
      for (const intent of intents) await chatFinishers(real)[intent.kind]?.(intent, ctx);
    },
    /** Objects whose bytes hold this text. */
    objectsWith,
    /** Rows of the ledger that hold this text. */
    rowsWith: (text: string) => rowsWith(text, real, ctx),
    /** Objects and rows that hold this text. */
    traces: async (text: string) => [...(await objectsWith(text)), ...(await rowsWith(text, real, ctx))],
    sessions: async () => (await listSessions({ limit: 50 }, deps, ctx)).items,
    /** The first of a session. */
    messages: async (id: string) => (await listMessages({ id, limit: 50, latest: false }, deps, ctx)).items,
    async close() {
      await ledger.close();
      await objects.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type ChatRoom = Awaited<ReturnType<typeof openChatRoom>>;

function sent(sessionId: string, text: string, more: Partial<SentMessage>): SentMessage {
  const wish = { role: 'user', answer: true, mode: 'santai', filter: {}, userId: 'user' } as const;
  return { sessionId, text, ...wish, ...more };
}

async function accept(
  content: string | Uint8Array,
  filename: string,
  deps: ChatRoomDeps,
  ctx: Ctx,
): Promise<ImportResult> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  async function* pieces() {
    for (let start = 0; start < bytes.length; start += 1_000) yield bytes.subarray(start, start + 1_000);
  }
  return acceptHistory({ userId: 'user', filename, bytes: pieces(), maxBytes: 100_000_000 }, deps, ctx);
}

async function runJobs(deps: ChatRoomDeps, ctx: Ctx): Promise<RanChatJob[]> {
  const definitions = [
    importHistoryJob(deps),
    snapshotSessions(deps),
    describeSessions(deps),
    forgetAnswersJob(deps),
    redactImportsJob(deps),
    rebuildChatsJob(deps),
  ] as JobDefinition[];
  const claim = { queues: ['ingestion', 'light'], worker: 'test', leaseMs: 60_000 } as const;
  const ran: RanChatJob[] = [];
  for (;;) {
    const row = await deps.ledger.system((tx) => tx.claimJob(claim));
    if (row === undefined) return ran;
    const definition = definitions.find(({ kind }) => kind === row.kind);
    if (definition === undefined) throw new Error(`no definition of job ${row.kind}`);
    const job: JobRun = { id: row.id, attempt: row.attempt, lastAttempt: true, progress() {}, note() {} };
    const outcome = await definition
      .run(definition.payload.parse(JSON.parse(row.payload)), job, { ...ctx, ownerId: row.ownerId })
      .then(
        (result) => ({ result }),
        (error: unknown) => ({ error: toAppError(error).message }),
      );
    const where = { ownerId: row.ownerId, id: row.id };
    const status = 'error' in outcome ? 'dead' : 'done';
    await deps.ledger.system((tx) => tx.table('jobs').update(where, { status, leaseUntil: null }));
    ran.push({ kind: row.kind, ...outcome });
  }
}

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

const TABLES = ['chatSessions', 'documentPlaces', 'intents', 'tombstones', 'jobs', 'jobLogs'] as const;

async function rowsWith(text: string, { ledger }: ChatRoomDeps, ctx: Ctx): Promise<unknown[]> {
  return ledger.forOwner(ctx.ownerId, async (tx) => {
    const found: unknown[] = [];
    for (const name of TABLES)
      for (const row of await tx.table(name).list()) if (JSON.stringify(row).includes(text)) found.push(row);
    return found;
  });
}
