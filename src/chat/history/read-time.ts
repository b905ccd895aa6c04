import * as english from 'chrono-node/en';
import * as indonesian from 'chrono-node/id';
import * as italian from 'chrono-node/it';
import * as russian from 'chrono-node/ru';

/** Turns a time as found in exports into ms since the epoch; `undefined` when it cannot be told. */
export type TimeReader = (value: unknown) => number | undefined;

const EARLIEST = Date.UTC(1971, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
/** Numbers from here on count milliseconds (as seconds they would be after the year 5000), from there on microseconds. */
const FIRST_MS = 1e11;
const FIRST_US = 1e14;

const ISO =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?<zone>\s?(?:Z|[+-]\d{2}:?\d{2}))?$/iu;
const UTC_REFERENCE = { instant: new Date(0), timezone: 0 };
/** Same text, same time: chats repeat the time of a session on every line. */
const REMEMBERED = 1_000;

function plausible(time: number): number | undefined {
  const whole = Math.round(time);
  return whole >= EARLIEST && whole < LATEST ? whole : undefined;
}

function fromNumber(value: number): number | undefined {
  if (value >= FIRST_US) return plausible(value / 1_000);
  return plausible(value >= FIRST_MS ? value : value * 1_000);
}

function fromWords(text: string): number | undefined {
  for (const language of [english, russian, italian, indonesian]) {
    const [found] = language.parse(text, UTC_REFERENCE);
    const day = found?.start;
    if (day?.isCertain('day') && day.isCertain('month') && day.isCertain('year'))
      return plausible(day.date().getTime());
  }
  return undefined;
}

function fromText(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/u.test(text)) return fromNumber(Number(text));
  const iso = ISO.exec(text);
  if (!iso) return fromWords(text);
  const dotted = text.replace(',', '.').replace(' ', 'T').replace(' ', '');
  const zoned = iso.groups?.['zone'] === undefined && dotted.includes('T') ? `${dotted}Z` : dotted;
  return plausible(Date.parse(zoned));
}

/**
 * A reader of times: seconds, milliseconds or microseconds since the epoch as number or text, ISO 8601, or words such
 * as `1:56 pm on 8 May, 2023` (English, Russian, Italian, Indonesian). A time without a zone is read as UTC, so the
 * clock that people saw is the clock that is shown. Times before 1971 and from 2100 on are taken for mistakes.
 */
export function timeReader(): TimeReader {
  const remembered = new Map<string, number | undefined>();
  return (value) => {
    if (typeof value === 'number') return fromNumber(value);
    if (typeof value !== 'string' || value.length > 100) return undefined;
    const text = value.trim();
    if (remembered.has(text)) return remembered.get(text);
    if (remembered.size >= REMEMBERED) remembered.clear();
    const time = fromText(text);
    remembered.set(text, time);
    return time;
  };
}
