import type { JobDefinition } from '../../ports/job-queue.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { observe } from './observe.ts';

/** The same jobs; each attempt is observed, as part of what asked for the job. */
export function observedJobs(
  telemetry: Telemetry | undefined,
  definitions: readonly JobDefinition[],
): readonly JobDefinition[] {
  if (telemetry === undefined) return definitions;
  return definitions.map((definition) => ({
    ...definition,
    run(payload, job, ctx) {
      const { queue, kind } = definition;
      const { id: jobId, attempt, traceContext } = job;
      const work = { kind: 'job', queue, job: kind, jobId, attempt, traceContext } as const;
      return observe(telemetry, work, () => definition.run(payload, job, ctx));
    },
  }));
}
