import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { derivedId } from '../core/ids.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { DetectedType } from '../ports/document-reader.ts';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { StagedObject } from '../ports/object-store.ts';
import type { UploadFields, UploadResult } from '../wire/documents.ts';
import type { IngestDeps } from './deps.ts';
import { shownFilename, shownPath, tagList } from './document-names.ts';
import { documentViews, titledViews } from './document-views.ts';
import { originalKey } from './original-document.ts';
import { type PlacedBytes, placeDocument } from './place-document.ts';

/** A file as it comes through a door. */
export interface UploadInput {
  readonly userId: string;
  /** With the client's name for it. */
  readonly file: { readonly filename: string; readonly bytes: AsyncIterable<Uint8Array> };
  readonly fields: UploadFields;
}

export type AcceptDeps = Pick<
  IngestDeps,
  'ledger' | 'objects' | 'reader' | 'bus' | 'locks' | 'maxUploadBytes'
>;

/** Kind of the intent that stands while an original is stored that has no row yet. */
export const acceptIntent = 'accept-document';

async function typeOf(
  staged: StagedObject,
  filename: string,
  deps: AcceptDeps,
  ctx: Ctx,
): Promise<DetectedType> {
  if (staged.sizeBytes === 0)
    throw new AppError('invalid-input', `Expected a file with content; “${filename}” is empty.`);
  const source = { filename, sizeBytes: staged.sizeBytes, bytes: staged.read() };
  const type = await deps.reader.detect(source, ctx.signal);
  if (type !== undefined) return type;
  const formats = deps.reader.formats.join(', ');
  throw new AppError(
    'unsupported',
    `Expected one of ${formats}; the content of “${filename}” is none of them.`,
  );
}

/**
 * Gives the row of the document that has these bytes, or notes that a new original is about to be stored. Refuses while
 * the same bytes are being deleted; a finished deletion is no obstacle, this is a new start.
 */
async function beginUpload(
  tx: OwnerTx,
  documentId: string,
  intentId: string,
): Promise<DocumentRow | undefined> {
  const tombstone = await tx.table('tombstones').get({ kind: 'document', sourceId: documentId });
  if (tombstone !== undefined && tombstone.report === null)
    throw new AppError('unavailable', 'This file is being deleted right now; try again in a moment.', {
      retryAfterMs: 1_000,
    });
  const existing = await tx.table('documents').get({ id: documentId });
  if (existing !== undefined) return existing;
  const intent = {
    id: intentId,
    kind: acceptIntent,
    subjectId: documentId,
    payload: '{}',
    createdAt: tx.now,
    process: tx.process,
  };
  await tx.table('intents').insert(intent);
  return undefined;
}

async function store(
  staged: StagedObject,
  placed: PlacedBytes,
  deps: AcceptDeps,
  ctx: Ctx,
): Promise<UploadResult> {
  const { documentId } = placed;
  const intentId = ctx.newId();
  const existing = await deps.ledger.forOwner(ctx.ownerId, (tx) => beginUpload(tx, documentId, intentId));
  const key = originalKey(existing ?? placed);
  if (existing === undefined || (await deps.objects.info(ctx.ownerId, key)) === undefined)
    await staged.commit(key);
  const { document, outcome } = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const outcome = await placeDocument(tx, placed);
    await tx.table('tombstones').remove({ kind: 'document', sourceId: documentId });
    await tx.table('intents').remove({ id: intentId });
    const [document] = await documentViews(
      tx,
      await tx.table('documents').list({ where: { id: documentId } }),
    );
    if (document === undefined) throw new AppError('internal', 'A document vanished while it was accepted.');
    return { document, outcome };
  });
  const [view = document] = await titledViews([document], deps, ctx);
  return { document: view, outcome };
}

/**
 * Takes a file in: when this resolves, its original and its rows are on stable storage and a job will read it. The
 * same bytes are one document however often and from wherever they come; other bytes at a known place are a new document
 * that supersedes the old one once it is ready. Errors, after which nothing is kept: `invalid-input` (empty, bad name),
 * `unsupported` (type, told by content), `too-large`, `unavailable` (being deleted), `storage-full`.
 */
export async function acceptDocument(input: UploadInput, deps: AcceptDeps, ctx: Ctx): Promise<UploadResult> {
  const filename = shownFilename(input.file.filename);
  const { source, contentTime } = input.fields;
  const path = shownPath(input.fields.path ?? filename);
  const tags = tagList(input.fields.tags);
  const staged = await deps.objects.stage(ctx.ownerId, input.file.bytes, deps.maxUploadBytes, ctx.signal);
  try {
    const type = await typeOf(staged, filename, deps, ctx);
    const documentId = derivedId(ctx.ownerId, 'document', staged.sha256);
    const placed: PlacedBytes = {
      documentId,
      userId: input.userId,
      filename,
      contentType: type.contentType,
      s3Path: objectKeys.original(documentId, type.extension),
      sha256: staged.sha256,
      sizeBytes: staged.sizeBytes,
      source,
      path,
      tags,
      contentTime,
    };
    const result = await deps.locks.exclusive(documentId, () => store(staged, placed, deps, ctx));
    deps.bus.publish(ctx.ownerId, { kind: 'document-changed', documentId });
    return result;
  } finally {
    await staged.discard();
  }
}
