import type { ImportReport } from '../../wire/sessions.ts';
import { example, type HistoryFormat, type Skipped } from './parsed.ts';

/** Counts of an import as it goes on. */
export interface Tally {
  skip(skipped: Skipped): void;
  imported(): void;
  known(): void;
  /** A message that was deleted here and stays so; its example never shows what it said. */
  deleted(conversation: string): void;
  session(id: string): void;
  /** The first one told is the file's. */
  format(format: HistoryFormat): void;
  sessionIds(): string[];
  /** Messages seen so far, whatever became of them. */
  messages(): number;
  anyDeleted(): boolean;
  report(): ImportReport;
}

/** A tally of an import: what came in, what was known, and what was skipped, with an example of each reason. */
export function newTally(): Tally {
  const counts = { imported: 0, known: 0, deleted: 0 };
  const reasons = new Map<string, { reason: string; count: number; example: string }>();
  const sessions = new Set<string>();
  let found: HistoryFormat | undefined;
  const skip = (skipped: Skipped) => {
    const seen = reasons.get(skipped.reason) ?? { ...skipped, count: 0 };
    seen.count++;
    reasons.set(skipped.reason, seen);
  };
  return {
    skip,
    imported: () => void counts.imported++,
    known: () => void counts.known++,
    deleted(conversation) {
      counts.deleted++;
      skip({ reason: 'deleted here before', example: example(conversation) });
    },
    session: (id) => void sessions.add(id),
    format: (format) => void (found ??= format),
    sessionIds: () => [...sessions],
    messages: () => counts.imported + counts.known + counts.deleted,
    anyDeleted: () => counts.deleted > 0,
    report: () => ({
      format: found ?? 'json-lines',
      sessions: sessions.size,
      imported: counts.imported,
      known: counts.known,
      skipped: [...reasons.values()].sort((a, b) => b.count - a.count),
    }),
  };
}
