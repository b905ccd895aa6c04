import type { MemoryItem } from '../ports/memory-store.ts';

/** What the tree needs of a message; see `StoredMessage.parentId`. */
export type TreeMessage = Pick<MemoryItem, 'id' | 'parentId'>;

/** How the messages of a session hang together. */
export interface MessageTree {
  readonly has: (id: string) => boolean;
  /** The message before; the session's id for a first one; may be of another session, where this one branched off. */
  readonly parentOf: (id: string) => string;
  /** What follows a message, or begins the session, oldest first. */
  readonly children: (id: string) => readonly string[];
  /** Ids from the first of this session's to this one. */
  readonly path: (id: string) => readonly string[];
  /** Where one comes to by always taking the newest of what follows. */
  readonly newestUnder: (id: string) => string;
}

/**
 * The tree of a session's messages, given in order of their places. One without a parent follows the one before it. One
 * whose parent was forgotten hangs where that hung: `gone` has the parents of forgotten messages.
 */
export function messageTree(
  sessionId: string,
  messages: readonly TreeMessage[],
  gone: ReadonlyMap<string, string>,
): MessageTree {
  const parents = new Map<string, string>();
  const children = new Map<string, string[]>();
  let previous = sessionId;
  for (const { id, parentId = previous } of messages) {
    const parent = survivor(parentId, gone);
    parents.set(id, parent);
    const following = children.get(parent);
    if (following) following.push(id);
    else children.set(parent, [id]);
    previous = id;
  }
  const parentOf = (id: string) => parents.get(id) ?? sessionId;
  return {
    has: (id) => parents.has(id),
    parentOf,
    children: (id) => children.get(id) ?? [],
    path(id) {
      const way: string[] = [];
      for (let at = id; parents.has(at); at = parentOf(at)) way.push(at);
      return way.toReversed();
    },
    newestUnder(id) {
      let at = id;
      for (let next = children.get(at)?.at(-1); next !== undefined; next = children.get(at)?.at(-1))
        at = next;
      return at;
    },
  };
}

/** The place that stays when messages go: the first before it that does not go itself. */
export function survivor(id: string, gone: ReadonlyMap<string, string>): string {
  let at = id;
  for (let next = gone.get(at); next !== undefined; next = gone.get(at)) at = next;
  return at;
}
