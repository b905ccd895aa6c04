import { branchSession, chooseLeaf, editMessage, regenerate } from '../../chat/branches.ts';
import { exportSession } from '../../chat/export-session.ts';
import { forgetMessage, forgetSession } from '../../chat/forget-conversations.ts';
import { followAnswer, sendMessage, stopAnswer } from '../../chat/follow-answer.ts';
import { acceptHistory } from '../../chat/history/accept-history.ts';
import type { Following } from '../../chat/live-answers.ts';
import { listSessions } from '../../chat/list-sessions.ts';
import { listMessages } from '../../chat/session-messages.ts';
import { createSession, getSession, renameSession } from '../../chat/sessions.ts';
import { answerTrace } from '../../chat/trace.ts';
import type { Handlers, Listening } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';

/** Following ends when the client goes, the server stops or the permission is taken back; the answer goes on. */
function following({ lastEventId, detached }: Listening, signal: AbortSignal): Following {
  return { after: lastEventId, signal: AbortSignal.any([signal, detached]) };
}

export function conversationHandlers({ services, answering, within }: Bound) {
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
    getSession: (access, { params }, signal) => getSession(params, answering, within(access, signal)),
    renameSession: (access, { params, body }, signal) =>
      renameSession({ ...params, ...body }, services, within(access, signal)),
    deleteSession: (access, { params }, signal) => forgetSession(params, services, within(access, signal)),
    exportSession: (access, { params }, signal) => exportSession(params, services, within(access, signal)),
    listMessages: (access, { params, query }, signal) =>
      listMessages({ ...params, ...query }, services, within(access, signal)),
    sendMessage(access, { params, body: { clientId: idempotencyKey, ...body }, ...listening }, signal) {
      const input = { ...body, userId: access.userId, sessionId: params.id, idempotencyKey };
      return sendMessage(input, following(listening, signal), answering, within(access, signal));
    },
    followAnswer: (access, { params, ...listening }, signal) =>
      followAnswer({ ...params, ...following(listening, signal) }, answering, within(access, signal)),
    stopAnswer: (access, { params }, signal) => stopAnswer(params, answering, within(access, signal)),
    answerTrace: (access, { params }, signal) => answerTrace(params, services, within(access, signal)),
    regenerate(access, { params, body: { clientId: idempotencyKey, ...body }, ...listening }, signal) {
      const input = { ...body, userId: access.userId, messageId: params.id, idempotencyKey };
      return regenerate(input, following(listening, signal), answering, within(access, signal));
    },
    editMessage(access, { params, body: { clientId: idempotencyKey, ...body }, ...listening }, signal) {
      const input = { ...body, userId: access.userId, messageId: params.id, idempotencyKey };
      return editMessage(input, following(listening, signal), answering, within(access, signal));
    },
    chooseLeaf: (access, { params, body }, signal) =>
      chooseLeaf({ ...params, ...body }, services, within(access, signal)),
    branchSession: (access, { params, body }, signal) =>
      branchSession({ ...params, ...body, userId: access.userId }, services, within(access, signal)),
    deleteMessage: (access, { params }, signal) => forgetMessage(params, services, within(access, signal)),
  } satisfies Partial<Handlers>;
}
