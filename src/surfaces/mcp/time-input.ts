import { z } from 'zod';

/** A time as models write it. */
export const TimeInput = z
  .string()
  .max(40)
  .refine(
    (text) => /^\d{4}-\d{2}/u.test(text) && !Number.isNaN(Date.parse(text)),
    'expected an ISO 8601 time',
  )
  .describe('ISO 8601, such as 2026-03-01 or 2026-03-01T18:30:00+08:00.');

/** The time in milliseconds, under its name; nothing when it was not given. */
export function timeUnder<K extends string>(key: K, text: string | undefined): { [P in K]?: number } {
  return (text === undefined ? {} : { [key]: Date.parse(text) }) as { [P in K]?: number };
}
