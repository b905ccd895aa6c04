import { z } from 'zod';
import { Id, PageQuery, TimeMs, pageOf } from './common.ts';

export const QueueName = z.enum(['ingestion', 'vectors', 'training', 'nightly', 'light']);
export type QueueName = z.infer<typeof QueueName>;
export const JobStatus = z.enum(['queued', 'running', 'done', 'dead', 'cancelled']);

export const JobView = z.object({
  id: Id,
  queue: QueueName,
  kind: z.string(),
  status: JobStatus.describe('`dead`: failed for good, can be retried by hand.'),
  attempt: z.number().int(),
  maxAttempts: z.number().int(),
  progress: z.object({
    done: z.number(),
    total: z.number().optional(),
    note: z.string().optional(),
  }),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  result: z.unknown().optional(),
  createdAt: TimeMs,
  startedAt: TimeMs.optional(),
  completedAt: TimeMs.optional(),
  runAt: TimeMs,
});
export type JobView = z.infer<typeof JobView>;
export const JobPage = pageOf(JobView);

export const JobQuery = PageQuery.extend({
  status: JobStatus.optional(),
  kind: z.string().max(100).optional(),
  queue: QueueName.optional(),
});
export type JobQuery = z.infer<typeof JobQuery>;

export const JobLog = z.object({ lines: z.array(z.object({ at: TimeMs, line: z.string() })) });
export type JobLog = z.infer<typeof JobLog>;

export const QueueView = z.object({
  name: QueueName,
  paused: z.boolean(),
  queued: z.number().int(),
  running: z.number().int(),
  dead: z.number().int(),
});
export type QueueView = z.infer<typeof QueueView>;

/** Jobs that wait, by queue. */
export const Requeued = z.object({
  queues: z.array(z.object({ name: QueueName, jobs: z.number().int() })),
});
export type Requeued = z.infer<typeof Requeued>;
