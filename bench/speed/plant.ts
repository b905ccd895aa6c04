import { memoryJobs } from '../../src/app/jobs.ts';
import { mapBounded } from '../../src/core/bounded.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { acceptHistory } from '../../src/chat/history/accept-history.ts';
import { acceptDocument } from '../../src/ingest/accept-document.ts';
import type { JobRun } from '../../src/ports/job-queue.ts';
import { UploadFields } from '../../src/wire/documents.ts';
import { perSecond, rounded, timed } from '../memory-store/measure.ts';
import { type Home, openHome } from './open-home.ts';
import { clusteredEmbedder } from './synthetic-embedder.ts';
import { type SyntheticTexts, syntheticTexts } from './synthetic-text.ts';

/** Rates at which a memory was filled. */
export interface Planted {
  readonly items: number;
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly filesPerSecond: number;
  readonly chunksPerSecond: number;
  readonly vectorsPerSecond: number;
}

interface Planting {
  readonly home: Home;
  readonly texts: SyntheticTexts;
}

const JOB: JobRun = { id: newId(), attempt: 1, lastAttempt: true, progress() {}, note() {} };
/** Runs a job of the product to its end, here and now. */
async function runJob(kind: string, payload: unknown, { services, embedders, ctx }: Omit<Home, 'close'>) {
  const definition = memoryJobs(services, embedders).find((one) => one.kind === kind);
  if (definition === undefined) throw new AppError('internal', `Expected a job called ${kind}.`);
  await definition.run(payload, JOB, ctx);
}

const MAX_BYTES = 1_000_000_000;
const FILE_PARAGRAPHS = 20;
const FILES_AT_ONCE = 2;
/** Of the items; the rest are chunks of small files and of one large text. */
const MESSAGES_SHARE = 0.7;
const BOOK_SHARE = 0.05;
const CENTRES = 200;
const ENCODED = 100;

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** A history as a file of JSON lines. */
export function historyFile(texts: SyntheticTexts, first: number, count: number): string {
  const lines = Array.from({ length: count }, (_, index) => JSON.stringify(texts.message(first + index)));
  return lines.join('\n');
}

async function importHistory({ home, texts }: Planting, messages: number): Promise<number> {
  const { services, ctx, userId } = home;
  const bytes = once(historyFile(texts, 0, messages));
  const file = { userId, filename: 'history.jsonl', bytes, maxBytes: MAX_BYTES };
  const { importId } = await acceptHistory(file, services, ctx);
  return timed(() => runJob('import-history', { importId, userId }, home));
}

async function accept({ services, ctx, userId }: Home, filename: string, text: string): Promise<string> {
  const fields = UploadFields.parse({ source: 'bench' });
  const input = { userId, file: { filename, bytes: once(text) }, fields };
  const { document } = await acceptDocument(input, { ...services, maxUploadBytes: MAX_BYTES }, ctx);
  return document.id;
}

/** Small files from upload to words, two at a time as the app does. */
async function ingestFiles({ home, texts }: Planting, files: number): Promise<number> {
  const bodies = Array.from({ length: files }, (_, file) =>
    texts.file(file * FILE_PARAGRAPHS, FILE_PARAGRAPHS),
  );
  return timed(() =>
    mapBounded(bodies, FILES_AT_ONCE, async (text, file) => {
      const documentId = await accept(home, `file ${file}.txt`, text);
      return runJob('read-document', { documentId }, home);
    }),
  );
}

/** One large text; milliseconds from the moment it was read, which is where the splitter starts. */
async function ingestBook({ home, texts }: Planting, first: number, paragraphs: number): Promise<number> {
  const { services } = home;
  let readAt = 0;
  const reader: typeof services.reader = {
    ...services.reader,
    async read(file, signal) {
      const extracted = await services.reader.read(file, signal);
      readAt = performance.now();
      return extracted;
    },
  };
  const documentId = await accept(home, 'book.txt', texts.file(first, paragraphs));
  await runJob('read-document', { documentId }, { ...home, services: { ...services, reader } });
  return performance.now() - readAt;
}

/** The real job with made-up vectors, whose centres the bundled encoder gave; returns what that one can do. */
async function fillVectors({ home, texts }: Planting): Promise<number> {
  const { embedders, ctx } = home;
  const { embedder } = embedders.active(ctx.ownerId);
  const centres = await embedder.embedTexts(
    Array.from({ length: CENTRES }, (_, number) => texts.message(number).text),
    ctx.signal,
  );
  const encoded = Array.from({ length: ENCODED }, (_, number) => texts.paragraph(number));
  const ms = await timed(() => embedder.embedTexts(encoded, ctx.signal));
  const stand = clusteredEmbedder(embedder, centres);
  await runJob('fill-vectors', {}, { ...home, embedders: { ...embedders, ofSlot: () => stand } });
  return ms;
}

/** Fills a new data folder through the product's own doors, which is measured, and leaves no job behind. */
export async function plant(folder: string, items: number): Promise<Planted> {
  const home = await openHome(folder);
  const { services, ctx } = home;
  const planting = { home, texts: await syntheticTexts() };
  const messages = Math.round(items * MESSAGES_SHARE);
  const book = Math.round(items * BOOK_SHARE);
  const files = Math.round((items - messages - book) / FILE_PARAGRAPHS);
  const messagesMs = await importHistory(planting, messages);
  const filesMs = await ingestFiles(planting, files);
  const before = await services.memory.count(ctx.ownerId, { kinds: ['chunk'] }, ctx.signal);
  const bookMs = await ingestBook(planting, files * FILE_PARAGRAPHS, book);
  const chunks = await services.memory.count(ctx.ownerId, { kinds: ['chunk'] }, ctx.signal);
  const encoderMs = await fillVectors(planting);
  await services.ledger.forOwner(ctx.ownerId, (tx) => tx.table('jobs').remove({ status: 'queued' }));
  await home.close();
  return {
    items: messages + chunks,
    messages,
    messagesPerSecond: perSecond(messages, messagesMs),
    filesPerSecond: rounded((files / filesMs) * 1_000),
    chunksPerSecond: perSecond(chunks - before, bookMs),
    vectorsPerSecond: perSecond(ENCODED, encoderMs),
  };
}
