import { z } from 'zod';

/** Ids are lower-case UUIDs. */
export const Id = z.uuid().toLowerCase().describe('A UUID.');
/** How far dates reach, either way (ECMA-262 §21.4.1.1); a time beyond is no time. */
const FURTHEST_TIME_MS = 8.64e15;
export const TimeMs = z
  .number()
  .int()
  .min(-FURTHEST_TIME_MS)
  .max(FURTHEST_TIME_MS)
  .meta({ description: 'Milliseconds since the epoch (UTC).', examples: [1_763_700_000_000] });

/** Text from people and programs: whole characters only. Half a surrogate pair could be stored nowhere as it came. */
export const Text = z
  .string()
  .refine((text) => text.isWellFormed(), 'Expected well-formed Unicode; half a surrogate pair stands alone.');

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
  cursor: z.string().max(200).optional().describe('`next` of the page before.'),
});

/** A page of a list: give `next` back as `cursor` for what follows. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().optional() });
}

export const ErrorBody = z.object({
  error: z.object({
    code: z.string().describe('For programs: one of a small fixed set.'),
    message: z.string().describe('For people: what was expected and what came.'),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** Counts by kind of what a deletion removed. */
export const ForgetReport = z.object({
  id: Id,
  removed: z
    .record(z.string(), z.number().int())
    .describe('How many of each kind went: items, objects, rows.'),
});
export type ForgetReport = z.infer<typeof ForgetReport>;
