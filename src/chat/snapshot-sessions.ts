import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { removeSnapshot, writeSnapshot } from '../memory/transcripts.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { NewJob } from '../ports/ledger.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import { Id } from '../wire/common.ts';
import type { ChatStores } from './chat-deps.ts';
import { forgottenSince } from './is-forgotten.ts';
import { sessionMessages } from './session-messages.ts';

const KIND = 'snapshot-sessions';
/** A conversation is snapshot once it was quiet for so long; messages in between share one snapshot. */
const QUIET_MS = 60_000;

const Payload = z.union([z.strictObject({ sessionId: Id }), z.strictObject({ importId: Id })]);
type Payload = z.infer<typeof Payload>;

/** The job that will write the snapshot of a session, or of all sessions an import began. */
export function snapshotJob(subject: Payload, now: number): NewJob {
  const id = 'sessionId' in subject ? subject.sessionId : subject.importId;
  return {
    kind: KIND,
    queue: 'light',
    payload: subject,
    dedupKey: `${KIND}:${id}`,
    priority: 20,
    runAt: now + QUIET_MS,
  };
}

async function snapshot(row: ChatSessionRow, deps: ChatStores, ctx: Ctx): Promise<void> {
  const startedAt = ctx.now();
  const messages = [];
  for await (const { citations: _, sessionId: __, ...message } of sessionMessages(row, deps, ctx))
    messages.push(message);
  await writeSnapshot(deps.objects, ctx.ownerId, row, messages);
  const forgotten = await forgottenSince(deps.ledger.readsOf(ctx.ownerId), startedAt);
  // Something was deleted while this was written, which may still show it; the deletion asks for a new snapshot.
  if (forgotten) await removeSnapshot(deps.objects, ctx.ownerId, row.id, ctx.signal);
}

/** Writes what other tools read of sessions: metadata, transcript, training text. All of it can be written again. */
export function snapshotSessions(deps: ChatStores): JobDefinition<Payload> {
  return {
    kind: KIND,
    queue: 'light',
    payload: Payload,
    timeLimitMs: 30 * 60_000,
    async run(payload, job, ctx) {
      const where = 'sessionId' in payload ? { id: payload.sessionId } : { origin: payload.importId };
      const rows = await deps.ledger.readsOf(ctx.ownerId).table('chatSessions').list({ where });
      for (const [index, row] of rows.entries()) {
        ctx.signal.throwIfAborted();
        await snapshot(row, deps, ctx);
        job.progress(index + 1, rows.length);
      }
      return { sessions: rows.length };
    },
  };
}
