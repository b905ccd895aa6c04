import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { IntentRow } from '../ports/ledger-rows.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { ForgetReport } from '../wire/common.ts';
import type { IngestDeps } from './deps.ts';
import { forgetChunks } from './forget-chunks.ts';

export type ForgetDocumentDeps = Pick<
  IngestDeps,
  'ledger' | 'objects' | 'memory' | 'texts' | 'bus' | 'locks'
>;

/** Kind of the intent that stands while a document is being removed. */
export const forgetIntent = 'forget-document';

/** Counts that only the first step knows. */
const Payload = z.object({ rows: z.number() });

type Deletion = Pick<IntentRow, 'id' | 'subjectId' | 'payload'>;

/** Hides the document at once: its rows go, a tombstone stands for what is still to go. */
async function hide(tx: OwnerTx, documentId: string, intentId: string): Promise<Deletion | undefined> {
  const documents = tx.table('documents');
  const begun = await tx.table('intents').get({ kind: forgetIntent, subjectId: documentId });
  if (begun !== undefined) return begun;
  const documentRows = await documents.remove({ id: documentId });
  if (documentRows === 0) return undefined;
  const placeRows = await tx.table('documentPlaces').remove({ documentId });
  await documents.update({ supersedes: documentId }, { supersedes: null });
  await documents.update({ supersededBy: documentId }, { supersededBy: null });
  await tx
    .table('tombstones')
    .upsert({ kind: 'document', sourceId: documentId, createdAt: tx.now, report: null });
  const payload = JSON.stringify({ rows: documentRows + placeRows });
  const begunBy = { createdAt: tx.now, process: tx.process };
  const intent = { id: intentId, kind: forgetIntent, subjectId: documentId, payload, ...begunBy };
  await tx.table('intents').insert(intent);
  return { ...intent };
}

/** Removes all that came from a hidden document and closes its tombstone with the counts. The caller holds the lock. */
async function removeHidden(deletion: Deletion, deps: ForgetDocumentDeps, ctx: Ctx): Promise<ForgetReport> {
  const { subjectId: documentId } = deletion;
  const { rows } = Payload.parse(JSON.parse(deletion.payload));
  const { objects = 0, ...items } = await forgetChunks(documentId, deps, ctx);
  const originals = await deps.objects.removeAll(ctx.ownerId, objectKeys.document(documentId), ctx.signal);
  const report: ForgetReport = { id: documentId, removed: { ...items, objects: objects + originals, rows } };
  await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const tombstone = { kind: 'document', sourceId: documentId } as const;
    await tx.table('tombstones').update(tombstone, { report: JSON.stringify(report) });
    await tx.table('intents').remove({ id: deletion.id });
    await tx.announce({ kind: 'source-forgotten', sourceId: documentId });
  });
  return report;
}

/** Carries a deletion through that a crash or a failing store interrupted; harmless when it ended meanwhile. */
export async function finishForgetting(
  deletion: Deletion,
  deps: ForgetDocumentDeps,
  ctx: Ctx,
): Promise<void> {
  await deps.locks.exclusive(deletion.subjectId, async () => {
    const open = await deps.ledger.readsOf(ctx.ownerId).table('intents').count({ id: deletion.id });
    if (open > 0) await removeHidden(deletion, deps, ctx);
  });
}

/**
 * Deletes a document in whatever state it is: hidden at once, then all that came from it goes by lineage (items with words
 * and vectors, chunk files, the original, rows). A job that reads it stops at its next step. Says what went, by
 * kind of item, `objects` and `rows`. Once begun it is carried through, even if who asked has gone; after a crash by the
 * sweeper, and asking again goes on too. Errors: `not-found`.
 */
export async function forgetDocument(
  input: { readonly documentId: string },
  deps: ForgetDocumentDeps,
  ctx: Ctx,
): Promise<ForgetReport> {
  const { documentId } = input;
  const carriedThrough = { ...ctx, signal: new AbortController().signal };
  const report = await deps.locks.exclusive(documentId, async () => {
    const deletion = await deps.ledger.forOwner(ctx.ownerId, (tx) => hide(tx, documentId, ctx.newId()));
    if (deletion === undefined) throw new AppError('not-found', `There is no document ${documentId}.`);
    return removeHidden(deletion, deps, carriedThrough);
  });
  deps.bus.publish(ctx.ownerId, { kind: 'document-changed', documentId });
  return report;
}
