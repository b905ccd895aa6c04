import { answerExtractively } from '../../src/chat/answer/answer-extractively.ts';
import { hiddenSources } from '../../src/chat/hidden-sources.ts';
import { addMemories } from '../../src/chat/notes/add-memories.ts';
import { deleteMemory } from '../../src/chat/notes/delete-memory.ts';
import { memoryProfile } from '../../src/chat/notes/memory-profile.ts';
import { updateMemory } from '../../src/chat/notes/update-memory.ts';
import { openCitation } from '../../src/chat/open-citation.ts';
import { sessionTitles } from '../../src/chat/sessions.ts';
import type { Access, Authorized } from '../../src/core/authorized.ts';
import { type Ctx, silentLog } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { getItem, listItems } from '../../src/memory/list-items.ts';
import type { Handlers } from '../../src/surfaces/http/handlers.ts';
import { serveHttp } from '../../src/surfaces/http/server.ts';
import { type ChatRoom, openChatRoom } from './chat-room.ts';
import { OWNER_A, OWNER_B } from './ctx.ts';
import { openDoor } from './open-door.ts';

const EVERYTHING = ['account:read', 'memory:read', 'memory:write', 'memory:forget'];

/** Whose each token is, and what it may do. */
const TOKENS: Readonly<Record<string, { readonly ownerId: string; readonly actions: readonly string[] }>> = {
  owner: { ownerId: OWNER_A, actions: EVERYTHING },
  other: { ownerId: OWNER_B, actions: EVERYTHING },
  reader: { ownerId: OWNER_A, actions: ['account:read', 'memory:read'] },
  newcomer: { ownerId: OWNER_A, actions: ['account:read'] },
  forgetter: { ownerId: OWNER_A, actions: ['account:read', 'memory:read', 'memory:forget'] },
};

function handlersOver(room: ChatRoom, changes: Partial<Handlers>): Handlers {
  const { deps, ctx, texts } = room;
  const within = ({ ownerId }: Access, signal: AbortSignal): Ctx => ({ ...ctx, ownerId, signal });
  const showing = (ctx: Ctx) => ({
    memory: deps.memory,
    texts,
    titles: (ids: readonly string[]) => sessionTitles(ids, deps, ctx),
    hidden: () => hiddenSources(deps, ctx),
  });
  const handlers: Partial<Handlers> = {
    recall: (access, { body }, signal) => deps.recall(body, within(access, signal)),
    ask: (access, { body: { question: text, filter } }, signal) =>
      answerExtractively({ text, filter }, deps, within(access, signal)),
    listItems(access, { query }, signal) {
      const ctx = within(access, signal);
      return listItems(query, showing(ctx), ctx);
    },
    getItem(access, { params }, signal) {
      const ctx = within(access, signal);
      return getItem(params, showing(ctx), ctx);
    },
    openCitation: (access, { params }, signal) =>
      openCitation(params, { ...deps, texts }, within(access, signal)),
    addMemories: (access, { body }, signal) =>
      addMemories({ ...body, userId: access.userId }, deps, within(access, signal)),
    updateMemory: (access, { params, body }, signal) =>
      updateMemory({ ...params, ...body, userId: access.userId }, deps, within(access, signal)),
    deleteMemory: (access, { params }, signal) => deleteMemory(params, deps, within(access, signal)),
    memoryProfile: (access, _, signal) =>
      memoryProfile({ ...deps, activeSlot: () => 'text@fake' }, within(access, signal)),
    ...changes,
  };
  return handlers as Handlers;
}

/** The memory tools' routes over the room `chat`, served on a real port to holders of the tokens above. */
export async function openMcpRoom(changes: Partial<Handlers> = {}) {
  const room = await openChatRoom();
  const recorded: string[] = [];
  const server = await serveHttp({
    version: '1.2.3',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    maxUploadBytes: 1_000,
    handlers: handlersOver(room, changes),
    log: silentLog,
    graceMs: 50,
    ...openDoor(OWNER_A, {
      async admit(token, action) {
        const known = TOKENS[token ?? ''];
        if (known === undefined) throw new AppError('unauthenticated', 'A valid token is needed.');
        const { ownerId, actions } = known;
        if (!actions.includes(action)) throw new AppError('forbidden', `This needs ${action}.`);
        return { ownerId, userId: ownerId, actions } as unknown as Authorized<Access>;
      },
      async record(_, { event }) {
        recorded.push(event);
      },
    }),
  });
  return {
    room,
    recorded,
    url: `${server.url}/mcp`,
    at: (token: keyof typeof TOKENS) => ({
      url: `${server.url}/mcp`,
      headers: { authorization: `Bearer ${token}` },
    }),
    async close() {
      await server.close();
      await room.close();
    },
  };
}

export type McpRoom = Awaited<ReturnType<typeof openMcpRoom>>;
