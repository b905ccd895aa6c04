import { z } from 'zod';
import type { JobDefinition } from '../ports/job-queue.ts';
import { endForgetting, type ForgetDeps } from './forget-intent.ts';
import { redactImports } from './redact-imports.ts';

const Payload = z.strictObject({});

/** Job that ends deletions: it takes what is hidden already out of the files of imports. */
export function redactImportsJob(deps: ForgetDeps): JobDefinition<z.infer<typeof Payload>> {
  return {
    kind: redactImports.kind,
    queue: redactImports.queue,
    payload: Payload,
    timeLimitMs: 6 * 60 * 60_000,
    run: async (_payload, _job, ctx) => ({ imports: await endForgetting(deps, ctx) }),
  };
}
