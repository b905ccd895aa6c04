import { InvalidArgumentError } from 'commander';

const CALENDAR = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

export interface Span {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

/** Undefined when there is no such day, as the 31st of April. */
function calendarSpan(year: number, month: number | undefined, date: number | undefined): Span | undefined {
  const start = new Date(year, (month ?? 1) - 1, date ?? 1);
  if (start.getMonth() !== (month ?? 1) - 1 || start.getDate() !== (date ?? 1)) return undefined;
  const ends = {
    year: () => new Date(year + 1, 0, 1),
    month: () => new Date(year, month ?? 1, 1),
    day: () => new Date(year, (month ?? 1) - 1, (date ?? 1) + 1),
  };
  const unit = month === undefined ? 'year' : date === undefined ? 'month' : 'day';
  return { startMs: start.getTime(), endMs: ends[unit]().getTime() };
}

/**
 * A year `2026`, month `2026-03`, day `2026-03-14` (all in the time zone of the machine) or a moment in ISO 8601.
 * Undefined when it is none of these.
 */
export function readSpan(text: string): Span | undefined {
  const parts = CALENDAR.exec(text);
  if (parts !== null) return calendarSpan(Number(parts[1]), numberOf(parts[2]), numberOf(parts[3]));
  const at = text.includes('T') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : { startMs: at, endMs: at + 1 };
}

function span(text: string): Span {
  const found = readSpan(text);
  if (found === undefined) {
    throw new InvalidArgumentError(
      'Expected a year, month or day (2026, 2026-03, 2026-03-14) or an ISO time.',
    );
  }
  return found;
}

/** Value of `--from`: where the named time begins. */
export const fromTime = (text: string): number => span(text).startMs;
/** Value of `--to`: where the named time ends, so the day itself is included. */
export const toTime = (text: string): number => span(text).endMs;
