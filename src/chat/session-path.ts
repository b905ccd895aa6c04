import { batches } from '../core/bounded.ts';
import type { Ctx } from '../core/context.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ChatSessionRow, TombstoneRow } from '../ports/ledger-rows.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import { type MessageTree, messageTree, survivor, type TreeMessage } from './message-tree.ts';

interface PathDeps {
  readonly ledger: Ledger;
  readonly memory: MemoryStore;
}

/** Places, or ids, asked for at a time. */
const RUN = 500;
/** Conversations that one went through, each branched off from the one before. */
const MOST_SESSIONS = 20;

/** A message of the path that is shown, with what hangs where it hangs. */
export interface PathMessage {
  readonly id: string;
  readonly parentId: string;
  /** Itself and the others, oldest first. */
  readonly siblings: readonly string[];
}

/** Where the forgotten ones among these messages hung, followed up to what is there. */
export async function goneParents(
  ids: readonly string[],
  deps: Pick<PathDeps, 'ledger'>,
  ctx: Ctx,
): Promise<Map<string, string>> {
  const gone = new Map<string, string>();
  for (let asked = ids; asked.length > 0;) {
    const stones: TombstoneRow[] = [];
    for (const sourceId of batches(asked, RUN)) {
      const where = { kind: 'message', sourceId: { in: sourceId } } as const;
      stones.push(...(await deps.ledger.readsOf(ctx.ownerId).table('tombstones').list({ where })));
    }
    for (const { sourceId, parentId } of stones) if (parentId) gone.set(sourceId, parentId);
    asked = stones.flatMap(({ parentId }) => (parentId && !gone.has(parentId) ? [parentId] : []));
  }
  return gone;
}

/** The tree of a session as memory holds it now. */
export async function sessionTree(
  session: Pick<ChatSessionRow, 'id' | 'nextSeq'>,
  deps: PathDeps,
  ctx: Ctx,
): Promise<MessageTree> {
  const messages: TreeMessage[] = [];
  for (let from = 0; from < session.nextSeq; from += RUN) {
    const run = { sessionId: session.id, from, to: from + RUN - 1 };
    for (const { id, parentId } of await deps.memory.at(ctx.ownerId, [run], ctx.signal))
      messages.push(parentId === undefined ? { id } : { id, parentId });
  }
  const here = new Set([session.id, ...messages.map(({ id }) => id)]);
  const missing = messages.flatMap(({ parentId }) =>
    parentId === undefined || here.has(parentId) ? [] : [parentId],
  );
  return messageTree(session.id, messages, await goneParents([...new Set(missing)], deps, ctx));
}

/** The session a message is in, as far as its tree goes. */
async function sessionOf(messageId: string, deps: PathDeps, ctx: Ctx) {
  const [item] = await deps.memory.get(ctx.ownerId, [messageId], ctx.signal);
  const id = item?.sessionId;
  return id === undefined ? undefined : deps.ledger.readsOf(ctx.ownerId).table('chatSessions').get({ id });
}

/** What a conversation took over from the one it branched off: the way to this message. */
async function takenOver(messageId: string, depth: number, deps: PathDeps, ctx: Ctx): Promise<PathMessage[]> {
  const id = survivor(messageId, await goneParents([messageId], deps, ctx));
  const session = depth < MOST_SESSIONS ? await sessionOf(id, deps, ctx) : undefined;
  if (!session) return [];
  const tree = await sessionTree(session, deps, ctx);
  // What else was said there is chosen there, not here.
  const own = tree.path(id).map((at) => ({ id: at, parentId: tree.parentOf(at), siblings: [at] }));
  const before = tree.parentOf(own[0]?.id ?? id);
  return before === session.id ? own : [...(await takenOver(before, depth + 1, deps, ctx)), ...own];
}

/** The path that is shown of a session with branches, from the first message on. */
export async function activePath(
  session: Pick<ChatSessionRow, 'id' | 'nextSeq' | 'leafId'>,
  deps: PathDeps,
  ctx: Ctx,
): Promise<PathMessage[]> {
  const tree = await sessionTree(session, deps, ctx);
  const leaf = session.leafId ?? tree.newestUnder(session.id);
  const own = tree.path(leaf).map((id) => {
    const parentId = tree.parentOf(id);
    return { id, parentId, siblings: tree.children(parentId) };
  });
  const before = own[0]?.parentId ?? leaf;
  return before === session.id ? own : [...(await takenOver(before, 1, deps, ctx)), ...own];
}
