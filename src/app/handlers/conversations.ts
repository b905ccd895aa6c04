import { answerMessage } from '../../chat/answer-message.ts';
import { exportSession } from '../../chat/export-session.ts';
import { forgetMessage, forgetSession } from '../../chat/forget-conversations.ts';
import { acceptHistory } from '../../chat/history/accept-history.ts';
import { listSessions } from '../../chat/list-sessions.ts';
import { listMessages } from '../../chat/session-messages.ts';
import { createSession, getSession, renameSession } from '../../chat/sessions.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';

export function conversationHandlers({ services, embedders, recall, within }: Bound) {
  return {
    importHistory: (access, { file }, signal) =>
      acceptHistory(
        { ...file, userId: access.userId, maxBytes: services.config.importBytes },
        services,
        within(access, signal),
      ),
    listSessions: (access, { query }, signal) => listSessions(query, services, within(access, signal)),
    createSession: (access, { body }, signal) =>
      createSession({ ...body, userId: access.userId }, services, within(access, signal)),
    getSession: (access, { params }, signal) => getSession(params, services, within(access, signal)),
    renameSession: (access, { params, body }, signal) =>
      renameSession({ ...params, ...body }, services, within(access, signal)),
    deleteSession: (access, { params }, signal) => forgetSession(params, services, within(access, signal)),
    exportSession: (access, { params }, signal) => exportSession(params, services, within(access, signal)),
    listMessages: (access, { params, query }, signal) =>
      listMessages({ ...params, ...query }, services, within(access, signal)),
    sendMessage(access, { params, body: { clientId: idempotencyKey, ...body } }, signal) {
      const deps = { ...services, recall, embedder: () => embedders.active(access.ownerId) };
      return answerMessage({ ...body, sessionId: params.id, idempotencyKey }, deps, within(access, signal));
    },
    deleteMessage: (access, { params }, signal) => forgetMessage(params, services, within(access, signal)),
  } satisfies Partial<Handlers>;
}
