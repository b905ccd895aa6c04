import type { Ctx } from '../core/context.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { IntentRow } from '../ports/ledger-rows.ts';
import { acceptIntent } from './accept-document.ts';
import { type ForgetDocumentDeps, finishForgetting, forgetIntent } from './forget-document.ts';

export type Finisher = (intent: IntentRow, ctx: Ctx) => Promise<void>;

/** An upload that was never answered is undone: without a row nothing knows the original. */
async function undoUpload(intent: IntentRow, deps: ForgetDocumentDeps, ctx: Ctx): Promise<void> {
  const { id, subjectId: documentId } = intent;
  await deps.locks.exclusive(documentId, async () => {
    const rows = await deps.ledger.readsOf(ctx.ownerId).table('documents').count({ id: documentId });
    if (rows === 0) await deps.objects.removeAll(ctx.ownerId, objectKeys.document(documentId), ctx.signal);
    await deps.ledger.forOwner(ctx.ownerId, (tx) => tx.table('intents').remove({ id }));
  });
}

/** Ends, by kind of intent, what a crash interrupted in this room. Each can run twice. */
export function documentFinishers(deps: ForgetDocumentDeps): Readonly<Record<string, Finisher>> {
  return {
    [acceptIntent]: (intent, ctx) => undoUpload(intent, deps, ctx),
    [forgetIntent]: (intent, ctx) => finishForgetting(intent, deps, ctx),
  };
}
