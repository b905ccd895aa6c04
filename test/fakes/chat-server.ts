import { conversationHandlers } from '../../src/app/handlers/conversations.ts';
import type { Bound } from '../../src/app/bound.ts';
import type { Answerer } from '../../src/chat/answerer.ts';
import { liveAnswers } from '../../src/chat/live-answers.ts';
import type { Access, Authorized } from '../../src/core/authorized.ts';
import { aloneLeases } from '../../src/core/leases.ts';
import { silentLog } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { systemTimers } from '../../src/core/timers.ts';
import type { Handlers } from '../../src/surfaces/http/handlers.ts';
import { serveHttp } from '../../src/surfaces/http/server.ts';
import { type Client, client } from '../../src/wire/client.ts';
import type { ChatRoom } from './chat-room.ts';
import { OWNER_A, OWNER_B } from './ctx.ts';

const OWNERS: Readonly<Record<string, string>> = { ours: OWNER_A, theirs: OWNER_B };

export interface ChatServer {
  readonly url: string;
  /** The client of the room's owner. */
  readonly api: Client;
  /** The client of another owner. */
  readonly theirs: Client;
  /** Takes back the permission of all who are listening. */
  revoke(): void;
  close(): Promise<void>;
}

/** The conversations of a room served over HTTP, answered by the test. Closing it is like the end of its process. */
export async function serveChat(room: ChatRoom, answerer: Answerer): Promise<ChatServer> {
  const live = liveAnswers({ timers: systemTimers, newId, log: silentLog, leases: aloneLeases() });
  const bound = {
    services: room.deps,
    answering: { ...room.deps, answerer, live, timers: systemTimers },
    within: ({ ownerId }: Access, signal: AbortSignal) => ({ ...room.ctx, ownerId, signal }),
  } as unknown as Bound;
  let permission = new AbortController();
  const http = await serveHttp({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    maxUploadBytes: 1,
    graceMs: 10,
    handlers: conversationHandlers(bound) as unknown as Handlers,
    admit: async (secret = '') => {
      const ownerId = OWNERS[secret];
      if (ownerId === undefined) throw new AppError('unauthenticated', 'Expected a token.');
      return { ownerId, userId: ownerId } as Authorized<Access>;
    },
    watch: () => ({ signal: permission.signal, end() {} }),
    record: async () => {},
    log: silentLog,
  });
  return {
    url: http.url,
    api: client({ url: http.url, token: 'ours' }),
    theirs: client({ url: http.url, token: 'theirs' }),
    revoke() {
      permission.abort(new AppError('unauthenticated', 'The token was taken back.'));
      permission = new AbortController();
    },
    async close() {
      await http.close();
      await live.close();
    },
  };
}
