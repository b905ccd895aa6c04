import type { Ctx } from '../core/context.ts';
import { describeSessions } from '../chat/describe-session.ts';
import { forgetAnswersJob } from '../chat/forget-answers-job.ts';
import { chatFinishers } from '../chat/finishers.ts';
import { importHistoryJob } from '../chat/history/import-history.ts';
import { migrateJob } from '../chat/migration/migrate-job.ts';
import { redactImportsJob } from '../chat/redact-imports-job.ts';
import { rebuildChatsJob } from '../chat/rebuild-chats.ts';
import { snapshotSessions } from '../chat/snapshot-sessions.ts';
import { documentFinishers } from '../ingest/finishers.ts';
import { readDocumentJob } from '../ingest/read-document-job.ts';
import { rebuildDocumentsJob } from '../ingest/rebuild-documents.ts';
import { retireDocumentsJob } from '../ingest/retire-documents.ts';
import { fillVectorsJob } from '../memory/fill-vectors.ts';
import { dropVectorSlotsJob } from '../memory/switch-embedder.ts';
import { eraseSpaceJob } from '../operations/space/erase-space.ts';
import { importSpaceJob } from '../operations/space/import-space.ts';
import type { IntentFinisher } from '../operations/sweep.ts';
import { leaveAlone } from '../people/leave-alone.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { OpenOldDatabase } from '../ports/old-database.ts';
import type { Answering } from './answering.ts';
import type { Embedders } from './embedders.ts';
import { importDeps } from './import-deps.ts';
import { lettingPass } from './letting-pass.ts';
import type { People } from './people.ts';
import { pullModelJob } from './pull-model-job.ts';
import { rebuildMemoryJob } from './rebuild-memory-job.ts';
import type { Services } from './services.ts';

/** Its client is loaded only where something is moved. */
const openOldDatabase: OpenOldDatabase = async (address, signal) => {
  const { openPostgresOldDatabase } = await import('../adapters/old-database/postgres-old-database.ts');
  return openPostgresOldDatabase(address, signal);
};

/** Jobs that take in, keep up and rebuild what is remembered. */
export function memoryJobs(all: Services, embedders: Embedders): readonly JobDefinition[] {
  const services = lettingPass(all);
  const vectors = {
    ...services,
    embedder: (slot: string) => embedders.ofSlot(slot),
    notice: (ctx: Ctx) => embedders.notice(ctx),
    switched: (ownerId: string, slot: string) => embedders.switched(ownerId, slot),
  };
  return [
    readDocumentJob(services),
    retireDocumentsJob(services),
    importHistoryJob(services),
    migrateJob({ ...services, sealer: services.models.secrets.sealer, openOldDatabase }),
    rebuildMemoryJob({
      ...services,
      chats: rebuildChatsJob(services),
      documents: rebuildDocumentsJob(services),
    }),
    snapshotSessions(services),
    forgetAnswersJob(services),
    redactImportsJob(services),
    fillVectorsJob(vectors),
    dropVectorSlotsJob(services),
    pullModelJob(services),
  ];
}

/** Every job the workers know. */
export function jobDefinitions(
  services: Services,
  embedders: Embedders,
  people: People,
  answering: Answering,
): readonly JobDefinition[] {
  return [
    ...memoryJobs(services, embedders),
    describeSessions(answering),
    importSpaceJob(importDeps(lettingPass(services), embedders, people)),
    eraseSpaceJob({
      ...services,
      leaveAlone: (ownerId, userId) => leaveAlone({ ownerId, userId }, people.deps),
      recorded: (by, counts) => people.note(by, { event: 'space-erased', counts }),
    }),
  ];
}

/** Who ends which write that a crash cut off. */
export function intentFinishers(services: Services): Readonly<Record<string, IntentFinisher>> {
  return { ...documentFinishers(services), ...chatFinishers(services) };
}
