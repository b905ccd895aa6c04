import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { isAbort, toAppError } from '../core/errors.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { ModelOf } from '../ports/language-model.ts';
import type { NewJob } from '../ports/ledger.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import { Id } from '../wire/common.ts';
import type { ChatStores } from './chat-deps.ts';
import { shownMessages } from './earlier-messages.ts';
import { forgottenSince } from './is-forgotten.ts';
import { modelText } from './model-text.ts';
import { cutLine, oneLineSummary } from './one-line-summary.ts';
import { readRollingSummary, removeRollingSummaries, writeRollingSummary } from './rolling-summary.ts';
import { titleFrom } from './session-title.ts';
import { SUMMARY_PROMPT, summaryPrompt, TITLE_PROMPT, titlePrompt } from './summary-prompts.ts';

const KIND = 'describe-session';
/** Messages in between share one description. */
const QUIET_MS = 20_000;
/** So many messages beyond the rolling summary make a new one; the newest stay out of it, prompts show them whole. */
const SUMMARISE_FROM = 30;
const KEPT_WHOLE = 12;
/** Messages of the path that are read at most, newest first. */
const MOST_READ = 400;

const Payload = z.strictObject({ sessionId: Id });
type Payload = z.infer<typeof Payload>;

export interface DescribeDeps extends ChatStores {
  readonly modelOf: ModelOf;
}

/** The job that gives a session its title and summaries, a while after the first of the turns that ask for it. */
export function describeSessionJob(sessionId: string, now: number): NewJob {
  return {
    kind: KIND,
    queue: 'light',
    payload: { sessionId },
    dedupKey: `${KIND}:${sessionId}`,
    priority: 20,
    runAt: now + QUIET_MS,
  };
}

/** What a model makes of it; `undefined` when there is none, or it fails: then the rule serves. */
async function byModel(
  feature: 'title' | 'conversation-summary',
  prompt: { readonly version: string; readonly system: string; readonly text: string },
  deps: DescribeDeps,
  ctx: Ctx,
): Promise<string | undefined> {
  try {
    const model = await deps.modelOf('summarizer', { feature, promptVersion: prompt.version }, ctx);
    const text = model && (await modelText(model, prompt, ctx.signal)).trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if (isAbort(error)) throw error;
    ctx.log.warn('summarizer-failed', { feature, code: toAppError(error).code });
    return undefined;
  }
}

/** A title by a model for a session that has one by rule. */
async function entitle(row: ChatSessionRow, messages: readonly MemoryItem[], deps: DescribeDeps, ctx: Ctx) {
  if (row.titledBy !== 'rule' || !messages.some(({ role }) => role === 'assistant')) return;
  const startedAt = ctx.now();
  const text = titlePrompt(messages);
  const said = await byModel(
    'title',
    { version: TITLE_PROMPT.version, system: TITLE_PROMPT.system, text },
    deps,
    ctx,
  );
  const title = titleFrom(said?.replace(/^["'“«\s#*]+|["'”».\s*]+$/gu, '') ?? '');
  if (title === '') return;
  await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    if (await forgottenSince(tx, startedAt)) return;
    // A person may have named it meanwhile.
    const unnamed = { id: row.id, titledBy: 'rule', title: row.title } as const;
    await tx.table('chatSessions').update(unnamed, { title, titledBy: 'model' });
  });
}

/** The rolling summary brought up to date; gives the newest there is. */
async function rollOn(
  row: ChatSessionRow,
  messages: readonly MemoryItem[],
  deps: DescribeDeps,
  ctx: Ctx,
): Promise<string | undefined> {
  const done = messages.findLastIndex(({ id }) => id === row.summaryUpto);
  const before = messages[done];
  const earlier = before && (await readRollingSummary(before, deps, ctx));
  const open = messages.slice(done + 1);
  const upto = open.at(-KEPT_WHOLE - 1);
  if (open.length < SUMMARISE_FROM || !upto) return earlier;
  const startedAt = ctx.now();
  const text = summaryPrompt(earlier, open.slice(0, -KEPT_WHOLE));
  const prompt = { version: SUMMARY_PROMPT.version, system: SUMMARY_PROMPT.system, text };
  const said = await byModel('conversation-summary', prompt, deps, ctx);
  if (said === undefined) return earlier;
  const summary = { sessionId: row.id, upto: upto.id, text: said, createdAt: startedAt };
  await writeRollingSummary({ ...summary, promptVersion: SUMMARY_PROMPT.version }, deps, ctx);
  const kept = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    if (await forgottenSince(tx, startedAt)) return false;
    const reach = { summaryUpto: upto.id, summarySeq: upto.position };
    return (await tx.table('chatSessions').update({ id: row.id }, reach)) > 0;
  });
  // Something was deleted meanwhile, which this may still tell of; a deletion asks for a new description.
  if (!kept) await removeRollingSummaries(row.id, deps, ctx);
  return kept ? said : undefined;
}

async function describe(row: ChatSessionRow, deps: DescribeDeps, ctx: Ctx): Promise<void> {
  const startedAt = ctx.now();
  const messages = await shownMessages(row, MOST_READ, deps, ctx);
  await entitle(row, messages, deps, ctx);
  const rolling = await rollOn(row, messages, deps, ctx);
  const said = messages.flatMap(({ role, text = '' }) => (role === 'assistant' ? [] : text));
  const summary = (rolling === undefined ? oneLineSummary(said) : cutLine(rolling)) || null;
  await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    if (await forgottenSince(tx, startedAt)) return;
    await tx.table('chatSessions').update({ id: row.id }, { summary });
  });
}

/**
 * Gives a session what it is listed with: a title, unless a person named it, and one line of summary; and its rolling
 * summary for prompts. Without a model the title stays as the rule made it, and the line is made of the user's words.
 */
export function describeSessions(deps: DescribeDeps): JobDefinition<Payload> {
  return {
    kind: KIND,
    queue: 'light',
    payload: Payload,
    timeLimitMs: 10 * 60_000,
    async run({ sessionId }, _job, ctx) {
      const row = await deps.ledger.readsOf(ctx.ownerId).table('chatSessions').get({ id: sessionId });
      if (row) await describe(row, deps, ctx);
    },
  };
}
