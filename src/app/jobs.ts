import { pullModel } from '../adapters/embedder/pull-model.ts';
import { forgetAnswersJob } from '../chat/forget-answers-job.ts';
import { chatFinishers } from '../chat/finishers.ts';
import { importHistoryJob } from '../chat/history/import-history.ts';
import { redactImportsJob } from '../chat/redact-imports-job.ts';
import { rebuildChatsJob } from '../chat/rebuild-chats.ts';
import { snapshotSessions } from '../chat/snapshot-sessions.ts';
import { documentFinishers } from '../ingest/finishers.ts';
import { readDocumentJob } from '../ingest/read-document-job.ts';
import { rebuildDocumentsJob } from '../ingest/rebuild-documents.ts';
import { retireDocumentsJob } from '../ingest/retire-documents.ts';
import { fillVectorsJob } from '../memory/fill-vectors.ts';
import { dropVectorSlotsJob } from '../memory/switch-embedder.ts';
import type { IntentFinisher } from '../operations/sweep.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import { PullModel } from '../wire/system.ts';
import type { Embedders } from './embedders.ts';
import type { Services } from './services.ts';

/** Job that downloads a model; its files are told one by one. */
function pullModelJob({ config }: Services): JobDefinition<PullModel> {
  return {
    kind: 'pull-model',
    queue: 'light',
    payload: PullModel,
    timeLimitMs: 6 * 60 * 60_000,
    async run({ id, revision }, job, ctx) {
      const input = { id, revision, modelsDir: config.modelsFolder, baseUrl: config.modelServer };
      const { folder, model } = await pullModel(
        input,
        ({ file, doneBytes, totalBytes }) => job.progress(doneBytes, totalBytes, file),
        ctx.signal,
      );
      return { name: folder.split(/[/\\]/).at(-1), model };
    },
  };
}

/** Every job the workers know. */
export function jobDefinitions(services: Services, embedders: Embedders): readonly JobDefinition[] {
  const vectors = {
    ...services,
    embedder: (slot: string) => embedders.ofSlot(slot),
    switched: (ownerId: string, slot: string) => embedders.switched(ownerId, slot),
  };
  return [
    readDocumentJob(services),
    retireDocumentsJob(services),
    rebuildDocumentsJob(services),
    importHistoryJob(services),
    rebuildChatsJob(services),
    snapshotSessions(services),
    forgetAnswersJob(services),
    redactImportsJob(services),
    fillVectorsJob(vectors),
    dropVectorSlotsJob(services),
    pullModelJob(services),
  ];
}

/** Who ends which write that a crash cut off. */
export function intentFinishers(services: Services): Readonly<Record<string, IntentFinisher>> {
  return { ...documentFinishers(services), ...chatFinishers(services) };
}
