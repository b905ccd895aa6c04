import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { keepDocumentTitle } from '../memory/document-titles.ts';
import { detectLanguage } from '../memory/language.ts';
import { activeSlot } from '../memory/vector-slots.ts';
import type { ExtractedDocument } from '../ports/document-reader.ts';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import { analysedPortions } from './analysed-portions.ts';
import type { IngestDeps } from './deps.ts';
import { documentIn, moveDocument } from './document-state.ts';
import { oneLine } from './heading-path.ts';
import { originalKey } from './original-document.ts';
import { retireSuperseded } from './retire-documents.ts';
import { removeChunksFrom, storeChunks } from './store-chunks.ts';

export type IngestDocumentDeps = Omit<IngestDeps, 'maxUploadBytes'>;

/** How a reading ended: `left` when somebody else decided about the document meanwhile (deleted, uploaded again). */
export type IngestOutcome =
  | { readonly outcome: 'ready'; readonly chunks: number; readonly warnings: readonly string[] }
  | { readonly outcome: 'left' };

/** Told with characters of text done and in all. */
export type IngestProgress = (done: number, total: number) => void;

interface Reading {
  readonly row: DocumentRow;
  readonly extracted: ExtractedDocument;
  readonly language: string | undefined;
}

const LONGEST_TITLE = 200;
/** Letters enough to tell a language, from behind the title page. */
const LANGUAGE_SAMPLE = 2_000;

async function read(row: DocumentRow, deps: IngestDocumentDeps, ctx: Ctx): Promise<Reading> {
  const { filename, contentType, sizeBytes } = row;
  const bytes = deps.objects.read(ctx.ownerId, originalKey(row), undefined, ctx.signal);
  const extracted = await deps.reader.read({ filename, contentType, sizeBytes, bytes }, ctx.signal);
  if (extracted.text.trim() === '')
    throw new AppError('unreadable', `Expected text in “${filename}”; it holds none that can be read.`);
  const middle = Math.min(LANGUAGE_SAMPLE, Math.floor(extracted.text.length / 2));
  const language = detectLanguage(extracted.text.slice(middle)) ?? detectLanguage(extracted.text);
  return { row, extracted, language };
}

/** A deletion takes the original away while it is read; that is no failure to report. */
async function readUnlessLeft(
  row: DocumentRow,
  deps: IngestDocumentDeps,
  ctx: Ctx,
): Promise<Reading | undefined> {
  try {
    return await read(row, deps, ctx);
  } catch (error) {
    if ((await documentIn(row.id, 'reading', deps, ctx)) === undefined) return undefined;
    throw error;
  }
}

/** Stores chunk after chunk as long as the document is meant to be read; gives their number, `undefined` if it is not. */
async function index(
  reading: Reading,
  progress: IngestProgress,
  deps: IngestDocumentDeps,
  ctx: Ctx,
): Promise<number | undefined> {
  const { row, extracted, language } = reading;
  const about = {
    filename: row.filename,
    ...(extracted.title === undefined ? {} : { title: extracted.title }),
    ...(language === undefined ? {} : { language }),
  };
  let stored = 0;
  for await (const { chunks, end } of analysedPortions(extracted, about, deps, ctx)) {
    const first = stored;
    const going = await deps.locks.exclusive(row.id, async () => {
      if ((await documentIn(row.id, 'indexing', deps, ctx)) === undefined) return false;
      await storeChunks({ row, text: extracted.text }, chunks, first, { deps, ctx });
      return true;
    });
    if (!going) return undefined;
    stored += chunks.length;
    progress(end, extracted.text.length);
  }
  return stored;
}

/** Makes the document ready in one step; false when somebody else decided about it meanwhile. */
async function finish(
  reading: Reading,
  chunks: number,
  deps: IngestDocumentDeps,
  ctx: Ctx,
): Promise<boolean> {
  const { row, extracted, language } = reading;
  if ((await documentIn(row.id, 'indexing', deps, ctx)) === undefined) return false;
  await removeChunksFrom(chunks, row, deps, ctx);
  const slot = await activeSlot(deps.ledger.readsOf(ctx.ownerId));
  const filter = { documentIds: [row.id], kinds: ['chunk'] } as const;
  const coverage = slot && (await deps.memory.vectorCoverage(ctx.ownerId, slot.slot, filter, ctx.signal));
  await keepDocumentTitle(row.id, oneLine(extracted.title ?? '', LONGEST_TITLE), deps, ctx);
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const moved = await tx.table('documents').update(
      { id: row.id, status: 'indexing' },
      {
        status: 'ready',
        processed: 1,
        chunkCount: chunks,
        vectorCount: coverage?.vectors ?? 0,
        language: language ?? null,
        pageCount: extracted.pages.at(-1)?.number ?? null,
        updatedAt: tx.now,
      },
    );
    if (moved > 0) await tx.announce({ kind: 'document-indexed', documentId: row.id });
    return moved > 0;
  });
}

/** Retires what this document superseded, and the document itself if its successor was ready first. */
async function settleSuccession(row: DocumentRow, deps: IngestDocumentDeps, ctx: Ctx): Promise<void> {
  await retireSuperseded(row.id, deps, ctx);
  const now = await documentIn(row.id, 'ready', deps, ctx);
  const successor = now?.supersededBy ? await documentIn(now.supersededBy, 'ready', deps, ctx) : undefined;
  if (successor !== undefined) await retireSuperseded(successor.id, deps, ctx);
}

async function ingest(
  documentId: string,
  progress: IngestProgress,
  deps: IngestDocumentDeps,
  ctx: Ctx,
): Promise<IngestOutcome> {
  if (ctx.signal.aborted) throw new AppError('aborted', 'Reading the document was cancelled.');
  const from = ['queued', 'reading', 'indexing', 'ready', 'failed'] as const;
  const begun = { status: 'reading', reason: null, retryable: 0 } as const;
  const row = await moveDocument({ id: documentId, from }, begun, deps, ctx);
  if (row === undefined) return { outcome: 'left' };
  const reading = await readUnlessLeft(row, deps, ctx);
  if (reading === undefined) return { outcome: 'left' };
  const indexing = await moveDocument(
    { id: documentId, from: ['reading'] },
    { status: 'indexing' },
    deps,
    ctx,
  );
  const chunks = indexing && (await index(reading, progress, deps, ctx));
  if (chunks === undefined) return { outcome: 'left' };
  if (!(await deps.locks.exclusive(documentId, () => finish(reading, chunks, deps, ctx))))
    return { outcome: 'left' };
  deps.bus.publish(ctx.ownerId, { kind: 'document-changed', documentId });
  await settleSuccession(row, deps, ctx);
  return { outcome: 'ready', chunks, warnings: reading.extracted.warnings };
}

/**
 * Reads a document's original into chunks that can be recalled: queued → reading → indexing → ready, announced as
 * `document-indexed`. Doing it again gives the same items under the same ids; what an earlier reading had more is
 * removed. One reading of a document runs at a time. Throws what the reader throws, and `unreadable` for a text without words.
 */
export async function ingestDocument(
  input: { readonly documentId: string; readonly progress: IngestProgress },
  deps: IngestDocumentDeps,
  ctx: Ctx,
): Promise<IngestOutcome> {
  const { documentId, progress } = input;
  return deps.locks.exclusive(
    `read:${documentId}`,
    () => ingest(documentId, progress, deps, ctx),
    ctx.signal,
  );
}
