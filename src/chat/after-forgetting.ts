import type { Ctx } from '../core/context.ts';
import type { ChatStores } from './chat-deps.ts';
import type { ErasedMessage } from './erase-conversations.ts';
import { sessionTree } from './session-path.ts';
import { titleFrom } from './session-title.ts';

/** How sessions go on when messages of them go. */
export interface Aftermath {
  /** New titles of sessions whose title was made from what goes, or may tell of it. */
  readonly titles: ReadonlyMap<string, string>;
  /** What stood before each message, where those after it hang from now on. */
  readonly parents: ReadonlyMap<string, string>;
}

/** Places from the beginning among which the message is looked for that names a session. */
const OPENING = 20;

async function titleWithout(
  gone: readonly ErasedMessage[],
  { id: sessionId, title, titledBy }: { id: string; title: string; titledBy: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<string | undefined> {
  const going = new Set(gone.map(({ id }) => id));
  const last = gone.reduce((most, { seq }) => Math.max(most, seq), 0);
  const opening = await deps.memory.at(ctx.ownerId, [{ sessionId, from: 0, to: last + OPENING }], ctx.signal);
  const named = opening.some(({ id, text = '' }) => going.has(id) && titleFrom(text) === title);
  if (!named && titledBy !== 'model') return undefined;
  const first = opening.find(({ id, role }) => !going.has(id) && role !== 'assistant');
  return titleFrom(first?.text ?? '');
}

/** Looks, before messages go, how their sessions will go on. */
export async function aftermath(
  messages: readonly ErasedMessage[],
  deps: ChatStores,
  ctx: Ctx,
): Promise<Aftermath> {
  const titles = new Map<string, string>();
  const parents = new Map<string, string>();
  for (const [id, gone] of Map.groupBy(messages, ({ sessionId }) => sessionId)) {
    const row = await deps.ledger.readsOf(ctx.ownerId).table('chatSessions').get({ id });
    if (!row) continue;
    const title = await titleWithout(gone, row, deps, ctx);
    if (title !== undefined) titles.set(id, title);
    const tree = await sessionTree(row, deps, ctx);
    for (const message of gone) parents.set(message.id, tree.parentOf(message.id));
  }
  return { titles, parents };
}
