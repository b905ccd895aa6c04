import type { Ctx } from '../core/context.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { EarlierMessage } from './answerer.ts';
import type { ChatStores } from './chat-deps.ts';
import { hiddenSources } from './hidden-sources.ts';
import { survivor } from './message-tree.ts';
import { readRollingSummary } from './rolling-summary.ts';
import { goneParents } from './session-path.ts';
import { sessionRow } from './sessions.ts';

/** Places read at a time on the way up. */
const WINDOW = 40;
const MOST_MESSAGES = 40;
const MOST_CHARACTERS = 24_000;
/** How far up the end of the rolling summary is looked for. */
const MOST_STEPS = 200;

/** Where a message stands, or will stand. */
export interface MessagePlace {
  readonly sessionId: string;
  /** The message itself, which may be stored already. */
  readonly messageId: string;
  /** The message before it, where that is not the last one of the path that is shown. */
  readonly parentId?: string | undefined;
}

/** What came before a message: the last messages, oldest first, and the rolling summary of what came before those. */
export interface Earlier {
  readonly history: readonly EarlierMessage[];
  readonly summary?: string | undefined;
}

type Stores = Pick<ChatStores, 'ledger' | 'memory'>;

/** A message, or the one that stays where it was forgotten. */
async function present(id: string, deps: Stores, ctx: Ctx): Promise<MemoryItem | undefined> {
  const [item] = await deps.memory.get(ctx.ownerId, [id], ctx.signal);
  if (item) return item;
  const there = survivor(id, await goneParents([id], deps, ctx));
  return there === id ? undefined : (await deps.memory.get(ctx.ownerId, [there], ctx.signal))[0];
}

/** The messages from one on upwards, read as they are taken. */
async function* upwards(first: MemoryItem, deps: Stores, ctx: Ctx): AsyncIterable<MemoryItem> {
  let window: readonly MemoryItem[] = [];
  const read = async ({ sessionId = '', position }: MemoryItem) => {
    const run = { sessionId, from: Math.max(0, position - WINDOW), to: position - 1 };
    window = run.to < 0 ? [] : await deps.memory.at(ctx.ownerId, [run], ctx.signal);
  };
  const byId = async (id: string) => {
    const near = window.find((item) => item.id === id);
    if (near) return near;
    return present(id, deps, ctx);
  };
  const before = async (item: MemoryItem): Promise<MemoryItem | undefined> => {
    const isHere = ({ sessionId, position }: MemoryItem) =>
      sessionId === item.sessionId && position < item.position;
    if (!window.some(isHere)) await read(item);
    if (item.parentId === undefined) return window.findLast(isHere);
    return item.parentId === item.sessionId ? undefined : byId(item.parentId);
  };
  for (let at: MemoryItem | undefined = first; at !== undefined; at = await before(at)) yield at;
}

/** The message that a place follows. */
async function itemBefore(
  { sessionId, messageId, parentId }: MessagePlace,
  row: { readonly nextSeq: number; readonly leafId: string | null },
  deps: Stores,
  ctx: Ctx,
): Promise<MemoryItem | undefined> {
  const leaf = parentId ?? row.leafId;
  if (leaf !== null) return present(leaf, deps, ctx);
  const run = { sessionId, from: Math.max(0, row.nextSeq - WINDOW), to: row.nextSeq };
  const last = await deps.memory.at(ctx.ownerId, [run], ctx.signal);
  const own = last.findIndex(({ id }) => id === messageId);
  return own < 0 ? last.at(-1) : last[own - 1];
}

/** What prompts show whole: the newest messages, as many as fit, taken from the last one on. */
function recentMessages() {
  const taken: EarlierMessage[] = [];
  let characters = 0;
  let full = false;
  return {
    /** False once there is no room for more. */
    take({ id, role = 'person', text = '' }: MemoryItem): boolean {
      characters += text.length;
      full ||= taken.length === MOST_MESSAGES || (characters > MOST_CHARACTERS && taken.length > 0);
      if (!full) taken.push({ id, role, text });
      return !full;
    },
    inOrder: () => taken.toReversed(),
  };
}

/** The last messages before a place and the summary of what came before them; forgotten ones never. */
export async function earlierMessages(place: MessagePlace, deps: ChatStores, ctx: Ctx): Promise<Earlier> {
  const [row, hiding] = await Promise.all([
    sessionRow(deps.ledger.readsOf(ctx.ownerId), place.sessionId),
    hiddenSources(deps, ctx),
  ]);
  const hidden = new Set(hiding);
  const last = await itemBefore(place, row, deps, ctx);
  const recent = recentMessages();
  if (!last) return { history: [] };
  let steps = 0;
  for await (const item of upwards(last, deps, ctx)) {
    if (item.id === row.summaryUpto)
      return { history: recent.inOrder(), summary: await readRollingSummary(item, deps, ctx) };
    if (item.sources.some((source) => hidden.has(source))) continue;
    const fits = recent.take(item);
    const passed = row.summarySeq === null || item.position < row.summarySeq;
    if (++steps > MOST_STEPS || (!fits && passed)) break;
  }
  return { history: recent.inOrder() };
}

/** The messages of a session that lie on the path that is shown, oldest first, at most so many of the newest. */
export async function shownMessages(
  session: Pick<ChatSessionRow, 'id' | 'nextSeq' | 'leafId'>,
  limit: number,
  deps: Stores,
  ctx: Ctx,
): Promise<MemoryItem[]> {
  const place = { sessionId: session.id, messageId: session.id };
  const last = await itemBefore(place, session, deps, ctx);
  const messages: MemoryItem[] = [];
  if (last)
    for await (const item of upwards(last, deps, ctx))
      if (item.sessionId !== session.id || messages.push(item) === limit) break;
  return messages.toReversed();
}
