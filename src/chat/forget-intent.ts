import { z } from 'zod';
import { batches } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import type { IntentRow } from '../ports/ledger-rows.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import { Id } from '../wire/common.ts';
import type { ChatStores } from './chat-deps.ts';
import { type Counts, eraseConversations, ErasedMessage, type Erasure } from './erase-conversations.ts';
import type { ImportDeps } from './history/import-deps.ts';
import { redactImport } from './history/redact-import.ts';
import { redactImports } from './redact-imports.ts';

/** Kind of the intent that stands while conversations, or messages of them, are being removed. */
export const FORGET_INTENT = 'forget-conversations';

/** What forgetting needs up to its end: the files of imports may be zips. */
export type ForgetDeps = ChatStores & Pick<ImportDeps, 'archives' | 'importTurns'>;

const Payload = z.object({
  messages: z.array(ErasedMessage),
  sessions: z.array(Id),
  imports: z.array(Id),
  /** What went; set once only the files of imports are left. */
  removed: z.record(z.string(), z.number()).optional(),
});

interface Forgetting {
  readonly id: string;
  readonly erasure: Erasure;
  readonly removed?: Counts | undefined;
}

type StoredIntent = Pick<IntentRow, 'id' | 'payload'>;

function read({ id, payload }: StoredIntent): Forgetting {
  const { removed, ...erasure } = Payload.parse(JSON.parse(payload));
  return { id, erasure, removed };
}

/** Writes, beside what hides it, what must go. */
export async function noteForgetting(tx: OwnerTx, id: string, erasure: Erasure): Promise<void> {
  const payload = JSON.stringify(erasure);
  const begun = { createdAt: tx.now, process: tx.process };
  await tx.table('intents').insert({ id, kind: FORGET_INTENT, subjectId: id, payload, ...begun });
}

/** Everything is gone: says so in the tombstones, and to those who listen. */
async function close(tx: OwnerTx, { id, erasure, removed = {} }: Forgetting): Promise<void> {
  // Another one, such as the sweeper, may have come first.
  if ((await tx.table('intents').remove({ id })) === 0) return;
  const report = JSON.stringify(removed);
  const going = [
    ['message', erasure.messages.map((message) => message.id)],
    ['session', erasure.sessions],
  ] as const;
  for (const [kind, ids] of going) {
    for (const run of batches(ids, 500))
      await tx.table('tombstones').update({ kind, sourceId: { in: run }, report: null }, { report });
    for (const sourceId of ids) await tx.announce({ kind: 'source-forgotten', sourceId });
  }
}

/**
 * Removes what an intent names: at once from memory and from the objects of conversations; the files of imports, which
 * can be large, are left to a job that ends many deletions in one pass. Can run twice. Gives what went.
 */
export async function carryThrough(
  { id, erasure }: Pick<Forgetting, 'id' | 'erasure'>,
  deps: ChatStores,
  ctx: Ctx,
): Promise<Counts> {
  const removed = await eraseConversations(erasure, deps, ctx);
  await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    if (erasure.imports.length === 0) return close(tx, { id, erasure, removed });
    const payload = JSON.stringify({ ...erasure, removed });
    const open = await tx.table('intents').update({ id }, { payload });
    if (open > 0) await tx.enqueue(redactImports);
  });
  return removed;
}

/**
 * Takes what was deleted out of the files of imports and ends the deletions that waited for it, all in one pass. Gives
 * how many imports were read. Can run twice, also at once.
 */
export async function endForgetting(deps: ForgetDeps, ctx: Ctx): Promise<number> {
  const intents = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('intents')
    .list({ where: { kind: FORGET_INTENT } });
  const waiting = intents.map(read).filter(({ removed }) => removed !== undefined);
  const imports = new Set(waiting.flatMap(({ erasure }) => erasure.imports));
  for (const id of imports) {
    ctx.signal.throwIfAborted();
    await redactImport(id, deps, ctx);
  }
  for (const forgetting of waiting) await deps.ledger.forOwner(ctx.ownerId, (tx) => close(tx, forgetting));
  return imports.size;
}

/** Carries through a deletion that was cut off, for the sweeper; with it all others that wait for files of imports. */
export async function finishForgetIntent(intent: StoredIntent, deps: ForgetDeps, ctx: Ctx): Promise<void> {
  const current = await deps.ledger.readsOf(ctx.ownerId).table('intents').get({ id: intent.id });
  if (current === undefined) return;
  const { removed, ...forgetting } = read(current);
  if (removed === undefined) await carryThrough(forgetting, deps, ctx);
  if (forgetting.erasure.imports.length > 0) await endForgetting(deps, ctx);
}
