import type { ItemKind } from '../../ports/memory-store.ts';
import type { ImportReport } from '../../wire/sessions.ts';
import type { HistoryFormat, Skipped } from './parsed.ts';

/** Counts of an import as it goes on. */
export interface Tally {
  /** `position` is where the record stands: what was said there is told to nobody. */
  skip(skipped: Skipped, position: string): void;
  /** A message whose time cannot be read, with what came if it may be told. */
  unreadTime(came: string, position: string): void;
  imported(): void;
  known(): void;
  /** A message that was deleted here and stays so. */
  deleted(position: string): void;
  /** Something of the file was deleted after it was counted. */
  deletedMeanwhile(): void;
  /** An item that is no message. */
  beside(kind: ItemKind): void;
  session(id: string): void;
  /** The first one told is the file's. */
  format(format: HistoryFormat): void;
  sessionIds(): string[];
  /** Messages seen so far, whatever became of them. */
  messages(): number;
  /** Items beside them. */
  besides(): number;
  /** Whether the file holds something that was deleted here. */
  anyDeleted(): boolean;
  report(): ImportReport;
}

/** Examples that show what is wrong with the times of a file. */
const TIME_EXAMPLES = 3;

/** A tally of an import: what came in, what was known, and what was skipped, with the first place of each reason. */
export function newTally(): Tally {
  const counts = { imported: 0, known: 0, deleted: 0 };
  const reasons = new Map<string, { reason: string; count: number; example: string }>();
  const unreadTimes = { count: 0, examples: [] as string[] };
  const sessions = new Set<string>();
  const beside: Partial<Record<ItemKind, number>> = {};
  let found: HistoryFormat | undefined;
  let deletedMeanwhile = false;
  const skip = ({ reason, message }: Skipped, position: string) => {
    const example = message === undefined ? position : `${position}, message ${message}`;
    const seen = reasons.get(reason) ?? { reason, count: 0, example };
    seen.count++;
    reasons.set(reason, seen);
  };
  return {
    skip,
    unreadTime(came, position) {
      unreadTimes.count++;
      if (unreadTimes.examples.length < TIME_EXAMPLES)
        unreadTimes.examples.push(came === '' ? position : `${position}: ${came}`);
    },
    imported: () => void counts.imported++,
    known: () => void counts.known++,
    deleted(position) {
      counts.deleted++;
      skip({ reason: 'deleted here before' }, position);
    },
    deletedMeanwhile: () => void (deletedMeanwhile = true),
    beside: (kind) => void (beside[kind] = (beside[kind] ?? 0) + 1),
    session: (id) => void sessions.add(id),
    format: (format) => void (found ??= format),
    sessionIds: () => [...sessions],
    messages: () => counts.imported + counts.known + counts.deleted,
    besides: () => Object.values(beside).reduce((sum, count) => sum + count, 0),
    anyDeleted: () => deletedMeanwhile || counts.deleted > 0,
    report: () => ({
      format: found ?? 'json-lines',
      sessions: sessions.size,
      imported: counts.imported,
      known: counts.known,
      skipped: [...reasons.values()].sort((a, b) => b.count - a.count),
      ...(Object.keys(beside).length === 0 ? {} : { beside }),
      ...(unreadTimes.count === 0 ? {} : { unreadTimes }),
    }),
  };
}
