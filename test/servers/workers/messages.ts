import { z } from 'zod';

/** How a worker process of tests is started. */
export const FleetEnvironment = z.object({
  FLEET_DATABASE: z.string(),
  FLEET_REDIS: z.string(),
  FLEET_PREFIX: z.string(),
  FLEET_LEASE_MS: z.coerce.number(),
  FLEET_GRACE_MS: z.coerce.number(),
  FLEET_CONCURRENCY: z.coerce.number(),
});

/** What a worker process of tests says, a line each. */
export const WorkLine = z.discriminatedUnion('did', [
  z.object({ did: z.literal('start') }),
  z.object({ did: z.literal('begin'), jobId: z.string(), attempt: z.number() }),
  z.object({ did: z.literal('end'), jobId: z.string(), attempt: z.number() }),
]);
export type WorkLine = z.infer<typeof WorkLine>;
