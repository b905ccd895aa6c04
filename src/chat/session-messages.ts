import { mapBounded } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { ObjectKey } from '../core/object-keys.ts';
import { readMessage } from '../memory/transcripts.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { MessageQuery, MessageView } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import { hiddenSources } from './hidden-sources.ts';
import { activePath } from './session-path.ts';
import { sessionRow } from './sessions.ts';
import { messageView, viewOfItem } from './views.ts';

const READS_AT_ONCE = 8;
/** Places read at a time when all messages of a session are wanted. */
const RUN = 500;

type Pages = Omit<MessageQuery, 'all'>;
type Page = { readonly items: MessageView[]; readonly next?: string };

/** A message as it was kept: from its object, or, when an import's file keeps it, from its item. */
async function view(item: MemoryItem, deps: Pick<ChatStores, 'objects'>, ctx: Ctx): Promise<MessageView> {
  if (item.s3Path === undefined) return viewOfItem(item);
  const stored = await readMessage(deps.objects, ctx.ownerId, item.s3Path as ObjectKey, ctx.signal);
  return stored ? messageView(stored) : viewOfItem(item);
}

/** Those that are not being forgotten. */
async function present(items: readonly MemoryItem[], deps: Pick<ChatStores, 'ledger'>, ctx: Ctx) {
  const hidden = new Set(await hiddenSources(deps, ctx));
  return items.filter(({ sources }) => !sources.some((source) => hidden.has(source)));
}

type Run = { readonly sessionId: string; readonly from: number; readonly to: number };

async function messagesAt(
  run: Run,
  deps: Pick<ChatStores, 'ledger' | 'memory' | 'objects'>,
  ctx: Ctx,
): Promise<MessageView[]> {
  const items = await present(await deps.memory.at(ctx.ownerId, [run], ctx.signal), deps, ctx);
  return mapBounded(items, READS_AT_ONCE, (item) => view(item, deps, ctx));
}

/** All messages of a session in order, read in runs so that a long one needs little memory. */
export async function* sessionMessages(
  session: Pick<ChatSessionRow, 'id' | 'nextSeq'>,
  deps: Pick<ChatStores, 'ledger' | 'memory' | 'objects'>,
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
async function forwards(session: ChatSessionRow, input: Pages, deps: ChatStores, ctx: Ctx): Promise<Page> {
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
async function backwards(session: ChatSessionRow, input: Pages, deps: ChatStores, ctx: Ctx): Promise<Page> {
  let items: MessageView[] = [];
  let end = Math.min(place(input.cursor) ?? session.nextSeq, session.nextSeq);
  while (items.length < input.limit && end > 0) {
    const from = Math.max(0, end - (input.limit - items.length));
    items = [...(await messagesAt({ sessionId: session.id, from, to: end - 1 }, deps, ctx)), ...items];
    end = from;
  }
  return { items, ...(end > 0 ? { next: String(end) } : {}) };
}

/** A page of the path that is shown, by how far its messages are from the first one. */
async function alongPath(session: ChatSessionRow, input: Pages, deps: ChatStores, ctx: Ctx) {
  const path = await activePath(session, deps, ctx);
  const at = place(input.cursor);
  const end = input.latest
    ? Math.min(at ?? path.length, path.length)
    : Math.min((at ?? 0) + input.limit, path.length);
  const from = input.latest ? Math.max(0, end - input.limit) : (at ?? 0);
  const shown = new Map(path.slice(from, end).map((message) => [message.id, message]));
  const found = await deps.memory.get(ctx.ownerId, [...shown.keys()], ctx.signal);
  const items = await present(found, deps, ctx);
  const views = await mapBounded(items, READS_AT_ONCE, async (item) => {
    const { parentId, siblings = [] } = shown.get(item.id) ?? {};
    const isFirst = parentId === item.sessionId;
    const { parentId: _, ...message } = await view(item, deps, ctx);
    return {
      ...message,
      ...(isFirst || parentId === undefined ? {} : { parentId }),
      ...(siblings.length > 1 ? { siblings: [...siblings] } : {}),
    };
  });
  const more = input.latest ? from > 0 : end < path.length;
  return { items: views, ...(more ? { next: String(input.latest ? from : end) } : {}) };
}

/**
 * Messages of a session in pages, oldest first; `latest` begins with the newest page and pages go back in time. Of a
 * session with branches the path that is shown, or, with `all`, everything by place.
 */
export async function listMessages(
  input: Pages & { readonly id: string; readonly all?: boolean },
  deps: ChatStores,
  ctx: Ctx,
): Promise<Page> {
  const session = await sessionRow(deps.ledger.readsOf(ctx.ownerId), input.id);
  if (session.leafId !== null && !input.all) return alongPath(session, input, deps, ctx);
  return input.latest ? backwards(session, input, deps, ctx) : forwards(session, input, deps, ctx);
}
