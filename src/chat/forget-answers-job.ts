import { z } from 'zod';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { NewJob } from '../ports/ledger.ts';
import type { ChatStores } from './chat-deps.ts';
import { forgetStaleAnswers } from './forget-conversations.ts';

const KIND = 'forget-answers';
const Payload = z.strictObject({});

/** The job that follows every `source-forgotten`: many deletions share one run. */
export const forgetAnswers: NewJob = {
  kind: KIND,
  queue: 'light',
  payload: {},
  dedupKey: KIND,
  priority: 10,
};

/** Job that forgets the answers which quote something forgotten, such as a document deleted by another room. */
export function forgetAnswersJob(deps: ChatStores): JobDefinition<z.infer<typeof Payload>> {
  return {
    kind: KIND,
    queue: 'light',
    payload: Payload,
    timeLimitMs: 30 * 60_000,
    run: async (_payload, _job, ctx) => ({ messages: await forgetStaleAnswers(deps, ctx) }),
  };
}
