import { z } from 'zod';
import type { ParsedRecord, Skipped } from '../history/parsed.ts';
import { besideItems, stateFaults } from '../history/beside-items.ts';

const Problem = z.object({ reason: z.string(), count: z.number(), examples: z.array(z.string()) });

/** What a migration has come to; kept with its watermark, so that a run that goes on knows the whole. No texts. */
export const MigrationCounts = z.object({
  /** Rows read, by phase. */
  read: z.record(z.string(), z.number()),
  messages: z.number(),
  exchanges: z.number(),
  states: z.number(),
  newMessages: z.number(),
  files: z.number(),
  problems: z.array(Problem),
});
export type MigrationCounts = z.infer<typeof MigrationCounts>;

/** Keys that show what a problem is. */
const EXAMPLES = 5;
const NOBODY = '00000000-0000-0000-0000-000000000000';

export function noCounts(): MigrationCounts {
  return { read: {}, messages: 0, exchanges: 0, states: 0, newMessages: 0, files: 0, problems: [] };
}

function tell(counts: MigrationCounts, { reason }: Skipped, at: string): void {
  let problem = counts.problems.find((one) => one.reason === reason);
  if (problem === undefined) counts.problems.push((problem = { reason, count: 0, examples: [] }));
  problem.count++;
  if (problem.examples.length < EXAMPLES) problem.examples.push(at);
}

/** Counts what a row of a phase becomes; `at` names the row. */
export function countRow(counts: MigrationCounts, phase: string, parsed: ParsedRecord, at: string): void {
  counts.read[phase] = (counts.read[phase] ?? 0) + 1;
  counts.messages += parsed.messages.length;
  const origin = { ownerId: NOBODY, sessionId: NOBODY, file: { id: NOBODY, importedAt: 0 } };
  for (const { item } of besideItems(parsed, origin)) {
    if (item.kind === 'exchange') counts.exchanges++;
    else counts.states++;
  }
  const unread = parsed.messages.some(({ unreadTime }) => unreadTime !== undefined);
  if (unread) tell(counts, { reason: 'time: cannot be read' }, at);
  for (const skipped of [...parsed.skipped, ...stateFaults(parsed)]) tell(counts, skipped, at);
}
