import { onTestFinished } from 'vitest';
import { complete } from '../../src/chat/completion/complete.ts';
import type { CompletionDeps } from '../../src/chat/completion/completion-deps.ts';
import { listCompletionModels } from '../../src/chat/completion/completion-model.ts';
import { forgottenSince } from '../../src/chat/is-forgotten.ts';
import type { Access, Authorized } from '../../src/core/authorized.ts';
import { silentLog } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import type { LanguageModel } from '../../src/ports/language-model.ts';
import type { Waiting } from '../../src/surfaces/http/openai/answers.ts';
import type { OpenAiHandlers } from '../../src/surfaces/http/openai/open-ai-handlers.ts';
import { serveHttp } from '../../src/surfaces/http/server.ts';
import type { MemoryMode } from '../../src/wire/completion.ts';
import { type ChatRoom, openChatRoom } from './chat-room.ts';
import { openDoor } from './open-door.ts';

const TOKEN = 'good-token';

export interface OpenAiDoorOptions {
  /** What serves `jiwa`, and `test/scripted` by name; without it the floor does. */
  readonly model?: LanguageModel;
  readonly personaMemory?: MemoryMode;
  /** What the token lets its holder do; reading and writing by default. */
  readonly actions?: readonly string[];
  readonly waiting?: Waiting;
  /** What runs when the server closes may go on for so long. */
  readonly graceMs?: number;
  /** Aborted when the permission is taken away. */
  readonly permission?: AbortSignal;
  /** Thrown by admission after the token is known. */
  readonly refusal?: AppError;
}

/** What the use cases of `/v1` need, over a chat room: one model, and the personas `default` and `pirate`. */
export function completionDeps(
  room: ChatRoom,
  { model, personaMemory = 'all' }: OpenAiDoorOptions = {},
): CompletionDeps {
  return {
    ...room.deps,
    personaMemory,
    modelOf: async () => model,
    namedModels: {
      list: async () => (model ? [model.facts.name] : []),
      open: async ({ provider, model: id }) => (`${provider}/${id}` === 'test/scripted' ? model : undefined),
    },
    personas: {
      list: async () => ['pirate'],
      text: async (name) =>
        ({ '': 'You are Jiwa.', pirate: 'You are a pirate.' })[name === undefined ? '' : name],
    },
  };
}

function handlers(room: ChatRoom, options: OpenAiDoorOptions): OpenAiHandlers {
  const deps = completionDeps(room, options);
  return {
    listModels: () => listCompletionModels(Date.UTC(2025, 0, 1), deps, room.ctx),
    complete: ({ userId, actions }, request, signal) =>
      complete({ ...request, userId, mayRemember: actions?.includes('memory:write') ?? false }, deps, {
        ...room.ctx,
        signal,
      }),
    forgotSince: ({ ownerId }, time) => room.deps.ledger.forOwner(ownerId, (tx) => forgottenSince(tx, time)),
    async embed(_access, { model, texts }, signal) {
      const { embedder } = deps.embedder();
      if (model !== embedder.model.id) {
        throw new AppError('not-found', `There is no embedder ${model}.`, { details: { model } });
      }
      return { model, vectors: await embedder.embedTexts(texts, signal), tokens: texts.length };
    },
  };
}

const watching = (signal: AbortSignal) => () => ({ signal, end() {} });

/** `/v1` over HTTP on a free port, with the real use cases over a chat room. */
export async function openAiDoor(options: OpenAiDoorOptions = {}) {
  const room = await openChatRoom();
  const { ownerId } = room.ctx;
  const actions = options.actions ?? ['memory:read', 'memory:write'];
  const server = await serveHttp({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    maxUploadBytes: 1_000,
    handlers: {} as never,
    openAi: handlers(room, options),
    ...(options.waiting && { openAiWaiting: options.waiting }),
    ...(options.graceMs !== undefined && { graceMs: options.graceMs }),
    log: silentLog,
    ...openDoor(ownerId, {
      ...(options.permission && { watch: watching(options.permission) }),
      async admit(token) {
        if (token !== TOKEN) throw new AppError('unauthenticated', 'A valid token is needed.');
        if (options.refusal) throw options.refusal;
        return { ownerId, userId: 'user', actions } as Access as Authorized<Access>;
      },
    }),
  });
  return {
    room,
    baseURL: `${server.url}/v1`,
    apiKey: TOKEN,
    /** Everything that was remembered, oldest first: who said what in which session. */
    async remembered() {
      const rows = await room.deps.ledger.forOwner(ownerId, (tx) => tx.table('chatSessions').list());
      const items = await room.deps.memory.at(
        ownerId,
        rows.map(({ id }) => ({ sessionId: id, from: 0, to: 1_000 })),
        room.ctx.signal,
      );
      return items.map(({ role, text, sessionId }) => ({ role, text, sessionId }));
    },
    /** Closes the server; what it remembered can still be read. */
    stop: () => server.close(),
    async close() {
      await server.close();
      await room.close();
    },
  };
}

export type OpenAiDoor = Awaited<ReturnType<typeof openAiDoor>>;

/** One that is closed when the test that opens it is over. */
export async function openAiDoorInTest(options: OpenAiDoorOptions = {}): Promise<OpenAiDoor> {
  const door = await openAiDoor(options);
  onTestFinished(() => door.close());
  return door;
}
