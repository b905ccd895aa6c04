import { ask, askStream } from '../../chat/ask.ts';
import { hiddenSources } from '../../chat/hidden-sources.ts';
import { openCitation } from '../../chat/open-citation.ts';
import { sessionTitles } from '../../chat/sessions.ts';
import type { Ctx } from '../../core/context.ts';
import { getItem, listItems } from '../../memory/list-items.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';

export function recallHandlers({ services, answering, recall, within }: Bound) {
  const showing = (ctx: Ctx) => ({
    ...services,
    titles: (sessionIds: readonly string[]) => sessionTitles(sessionIds, services, ctx),
    hidden: () => hiddenSources(services, ctx),
  });
  return {
    ask: (access, { body }, signal) =>
      ask({ ...body, userId: access.userId }, answering, within(access, signal)),
    askStream(access, { body, detached }, signal) {
      const ctx = within(access, AbortSignal.any([signal, detached]));
      return askStream({ ...body, userId: access.userId }, answering, ctx);
    },
    recall: (access, { body }, signal) => recall(body, within(access, signal)),
    listItems(access, { query }, signal) {
      const ctx = within(access, signal);
      return listItems(query, showing(ctx), ctx);
    },
    getItem(access, { params }, signal) {
      const ctx = within(access, signal);
      return getItem(params, showing(ctx), ctx);
    },
    openCitation: (access, { params }, signal) => openCitation(params, services, within(access, signal)),
  } satisfies Partial<Handlers>;
}
