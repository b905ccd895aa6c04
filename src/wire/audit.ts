import { z } from 'zod';
import { Id, PageQuery, TimeMs, pageOf } from './common.ts';

/** One entry: ids and counts, never text. */
export const AuditView = z.object({
  seq: z.number().int(),
  at: TimeMs,
  userId: Id.optional(),
  credentialId: Id.optional(),
  event: z.string(),
  outcome: z.enum(['done', 'denied', 'failed']),
  subject: z.string().optional(),
  counts: z.record(z.string(), z.number().int()).optional(),
  hash: z.string(),
});
export type AuditView = z.infer<typeof AuditView>;

const Log = z
  .enum(['space', 'installation'])
  .default('space')
  .describe('`installation`: failed sign-ins of nobody known; for hosts of the home space.');

export const AuditQuery = PageQuery.extend({
  log: Log,
  event: z.string().max(100).optional().describe('Only this word.'),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'expected the `next` of a page')
    .optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
export const AuditPage = pageOf(AuditView);
export const AuditLogChoice = z.strictObject({ log: Log });

export const AuditCheck = z.object({
  ok: z.boolean(),
  entries: z.number().int(),
  head: z
    .string()
    .describe('Hash of the last entry; kept elsewhere, it proves later that nothing before changed.'),
  problem: z.string().optional().describe('The first entry that is not as it was written.'),
});
export type AuditCheck = z.infer<typeof AuditCheck>;

export const EraseSpace = z.strictObject({
  name: z.string().max(80).describe('Name of the space, as a confirmation.'),
});
