import { hiddenSources } from '../chat/hidden-sources.ts';
import type { Recall } from '../chat/chat-deps.ts';
import { sessionTitles } from '../chat/sessions.ts';
import type { Ctx } from '../core/context.ts';
import { documentsInFolder } from '../ingest/list-documents.ts';
import { recall } from '../memory/recall.ts';
import type { RecallFilter } from '../wire/recall.ts';
import type { Embedders } from './embedders.ts';
import { observedRecall, recallStages } from './observing/recall.ts';
import type { Services } from './services.ts';

/** A folder becomes the documents that lie in it. */
async function resolveFolder({ folder, ...filter }: RecallFilter, services: Services, ctx: Ctx) {
  if (folder === undefined) return filter;
  const inFolder = new Set(await documentsInFolder({ folder }, services, ctx));
  const { documentIds } = filter;
  return { ...filter, documentIds: documentIds?.filter((id) => inFolder.has(id)) ?? [...inFolder] };
}

/** Recall as every door has it: folders resolved, what is being forgotten left out. */
export function bindRecall(services: Services, embedders: Embedders): Recall {
  const { telemetry } = services.observing;
  return observedRecall(telemetry, async (request, ctx) => {
    const done = services.way.claim();
    try {
      const filter = await resolveFolder(request.filter, services, ctx);
      const deps = recallStages(telemetry, {
        memory: services.memory,
        texts: services.texts,
        embedder: () => embedders.active(ctx.ownerId),
        hidden: () => hiddenSources(services, ctx),
        titles: (sessionIds: readonly string[]) => sessionTitles(sessionIds, services, ctx),
      });
      return await recall({ ...request, filter }, deps, ctx);
    } finally {
      done();
    }
  });
}
