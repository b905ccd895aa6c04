import { mapBounded } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { ObjectKey } from '../core/object-keys.ts';
import { readMessage } from '../memory/transcripts.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { MessageQuery, MessageView } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import { sessionRow } from './sessions.ts';
import { messageView, viewOfItem } from './views.ts';

const READS_AT_ONCE = 8;
/** Places read at a time when all messages of a session are wanted. */
const RUN = 500;

type Page = { readonly items: MessageView[]; readonly next?: string };

/** A message as it was kept: from its object, or, when an import's file keeps it, from its item. */
async function view(item: MemoryItem, deps: Pick<ChatStores, 'objects'>, ctx: Ctx): Promise<MessageView> {
  if (item.s3Path === undefined) return viewOfItem(item);
  const stored = await readMessage(deps.objects, ctx.ownerId, item.s3Path as ObjectKey, ctx.signal);
  return stored ? messageView(stored) : viewOfItem(item);
}

type Run = { readonly sessionId: string; readonly from: number; readonly to: number };

async function messagesAt(
  run: Run,
  deps: Pick<ChatStores, 'memory' | 'objects'>,
  ctx: Ctx,
): Promise<MessageView[]> {
  const items = await deps.memory.at(ctx.ownerId, [run], ctx.signal);
  return mapBounded(items, READS_AT_ONCE, (item) => view(item, deps, ctx));
}

/** All messages of a session in order, read in runs so that a long one needs little memory. */
export async function* sessionMessages(
  session: Pick<ChatSessionRow, 'id' | 'nextSeq'>,
  deps: Pick<ChatStores, 'memory' | 'objects'>,
  ctx: Ctx,
): AsyncIterable<MessageView> {
  for (let from = 0; from < session.nextSeq; from += RUN) {
    const to = Math.min(from + RUN, session.nextSeq) - 1;
    yield* await messagesAt({ sessionId: session.id, from, to }, deps, ctx);
  }
}

function place(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (/^\d{1,9}$/u.test(cursor)) return Number(cursor);
  throw new AppError('invalid-input', 'Expected `cursor` to be the `next` of the page before.');
}

/** Pages that go up from the beginning; places where a message was deleted are passed over. */
async function forwards(
  session: ChatSessionRow,
  input: MessageQuery,
  deps: ChatStores,
  ctx: Ctx,
): Promise<Page> {
  const items: MessageView[] = [];
  let from = place(input.cursor) ?? 0;
  while (items.length < input.limit && from < session.nextSeq) {
    const to = from + (input.limit - items.length) - 1;
    items.push(...(await messagesAt({ sessionId: session.id, from, to }, deps, ctx)));
    from = to + 1;
  }
  return { items, ...(from < session.nextSeq ? { next: String(from) } : {}) };
}

/** Pages that go down from the newest, each in order of time. */
async function backwards(
  session: ChatSessionRow,
  input: MessageQuery,
  deps: ChatStores,
  ctx: Ctx,
): Promise<Page> {
  let items: MessageView[] = [];
  let end = Math.min(place(input.cursor) ?? session.nextSeq, session.nextSeq);
  while (items.length < input.limit && end > 0) {
    const from = Math.max(0, end - (input.limit - items.length));
    items = [...(await messagesAt({ sessionId: session.id, from, to: end - 1 }, deps, ctx)), ...items];
    end = from;
  }
  return { items, ...(end > 0 ? { next: String(end) } : {}) };
}

/** Messages of a session in pages, oldest first; `latest` begins with the newest page and pages go back in time. */
export async function listMessages(
  input: MessageQuery & { readonly id: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<Page> {
  const session = await deps.ledger.forOwner(ctx.ownerId, (tx) => sessionRow(tx, input.id));
  return input.latest ? backwards(session, input, deps, ctx) : forwards(session, input, deps, ctx);
}
