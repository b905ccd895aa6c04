import type { Handlers } from '../surfaces/http/handlers.ts';
import type { Bound } from './bound.ts';
import { conversationHandlers } from './handlers/conversations.ts';
import { documentHandlers } from './handlers/documents.ts';
import { jobHandlers } from './handlers/jobs.ts';
import { memoryHandlers } from './handlers/memories.ts';
import { migrationHandlers } from './handlers/migration.ts';
import { modelHandlers } from './handlers/models.ts';
import { peopleHandlers } from './handlers/people.ts';
import { recallHandlers } from './handlers/recall.ts';
import { spaceHandlers } from './handlers/space.ts';
import { systemHandlers } from './handlers/system.ts';
import { observedHandlers } from './observing/handlers.ts';
import { bindRecall } from './recall.ts';

/** Every route of the API with the use case behind it. */
export function bindHandlers(options: Omit<Bound, 'recall' | 'within'>): Handlers {
  const { now, newId, log } = options.services;
  const bound: Bound = {
    ...options,
    recall: bindRecall(options.services, options.embedders),
    within: ({ ownerId }, signal) => ({ ownerId, signal, now, newId, log }),
  };
  return observedHandlers(options.services.observing.telemetry, {
    ...systemHandlers(bound),
    ...documentHandlers(bound),
    ...conversationHandlers(bound),
    ...recallHandlers(bound),
    ...memoryHandlers(bound),
    ...jobHandlers(bound),
    ...modelHandlers(bound),
    ...peopleHandlers(bound),
    ...spaceHandlers(bound),
    ...migrationHandlers(bound),
  });
}
