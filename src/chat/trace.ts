import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { AnswerTrace } from '../wire/trace.ts';
import type { ChatStores } from './chat-deps.ts';
import { hiddenSources } from './hidden-sources.ts';
import { forgottenSince } from './is-forgotten.ts';

/** The message an answer answers. Its words are in the trace, and those of messages before it can be. */
export interface Answered {
  readonly sessionId: string;
  readonly questionId: string;
}

interface Objects {
  readonly objects: ObjectStore;
}

/** Keeps why an answer is as it is, beside its session; nothing when anything was forgotten meanwhile. */
export async function keepTrace(
  trace: AnswerTrace,
  { sessionId, questionId }: Answered,
  { objects, ledger }: Pick<ChatStores, 'objects' | 'ledger'>,
  ctx: Ctx,
): Promise<void> {
  const { messageId } = trace;
  const key = objectKeys.answerTrace(sessionId, questionId, messageId);
  await objects.put(ctx.ownerId, key, JSON.stringify(trace), { durable: false });
  const forgotten = await forgottenSince(ledger.readsOf(ctx.ownerId), trace.at);
  if (forgotten) await objects.remove(ctx.ownerId, key);
}

/** Removes all traces of a session, for when a message whose words they may hold was forgotten; says how many went. */
export async function removeTraces(sessionId: string, { objects }: Objects, ctx: Ctx): Promise<number> {
  return objects.removeAll(ctx.ownerId, objectKeys.answerTraces(sessionId), ctx.signal);
}

/** Why an answer is as it is. Errors: `not-found` for what is no answer, or one whose trace was not kept. */
export async function answerTrace(
  input: { readonly id: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<AnswerTrace> {
  const [[item], hidden] = await Promise.all([
    deps.memory.get(ctx.ownerId, [input.id], ctx.signal),
    hiddenSources(deps, ctx),
  ]);
  if (item?.kind !== 'message' || item.sessionId === undefined || hidden.includes(item.id))
    throw new AppError('not-found', `Expected the id of an answer, got ${input.id}.`);
  const folder = objectKeys.answerTraces(item.sessionId);
  for await (const { key } of deps.objects.list(ctx.ownerId, folder, ctx.signal)) {
    if (!key.endsWith(`_${item.id}.json`)) continue;
    const bytes = await deps.objects.get(ctx.ownerId, key, ctx.signal);
    if (bytes) return AnswerTrace.parse(JSON.parse(new TextDecoder().decode(bytes)));
  }
  throw new AppError(
    'not-found',
    `Nothing is kept on why message ${item.id} is as it is; only answers have that.`,
  );
}
