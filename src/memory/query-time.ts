import * as english from 'chrono-node/en';
import * as indonesian from 'chrono-node/id';
import * as italian from 'chrono-node/it';
import * as russian from 'chrono-node/ru';

/** A stretch of time a question names; ms since the epoch, days read in UTC, `to` exclusive. */
export interface NamedTime {
  readonly from: number;
  readonly to: number;
  /** The words that named it. */
  readonly text: string;
  /** Counted from now (`yesterday`), not from the calendar (`in May 2023`). */
  readonly relative: boolean;
}

type Found = ReturnType<typeof english.casual.parse>[number];
type Unit = 'day' | 'weekend' | 'week' | 'month' | 'year';

const DAY_MS = 86_400_000;

const PARSERS = {
  en: english.casual,
  ru: russian.casual,
  id: indonesian.casual,
  it: italian.casual,
} as const;
type Parsed = keyof typeof PARSERS;
const ALL = ['en', 'ru', 'id', 'it'] as const satisfies readonly Parsed[];

/** Dates as the question's language writes them; of an unclear question, as the first language that finds any. */
function datesIn(question: string, language: string | undefined, now: number): Found[] {
  const known = ALL.find((one) => one === language);
  const reference = { instant: new Date(now), timezone: 0 };
  for (const one of known === undefined ? ALL : [known]) {
    const found = PARSERS[one].parse(question, reference);
    if (found.length > 0) return found;
  }
  return [];
}

const VAGUE =
  /\b(?:few|several|some|couple|many|beberapa|alcun[ie]|qualche|now|night|evening|morning|sekarang|saat ini)\b|нескольк|сейчас/iu;
const FUTURE =
  /\b(?:next|tomorrow|upcoming|coming|within|depan|besok|mendatang|prossim[oai]|domani)\b|завтра|следующ|будущ|через/iu;
/** The point is only where another time is counted from: `the week before May 3`. */
const COUNTED_FROM =
  /\b(?:before|after|since|until|till|sebelum|sesudah|setelah|sejak|prima|dopo)\b|(?:^|\s)(?:до|после|с|раньше)\s/iu;
const WEEK = /\bweeks?\b|недел|\bminggu\b|\bpekan\b|settiman/iu;
const WEEKEND = /\bweekend\b|выходны|akhir pekan|akhir minggu|fine settimana/iu;
/** `the past two weeks`: from then until now. */
const UP_TO_NOW =
  /\b(?:past|last)\s+(?:\d+|\p{L}+)\s+(?:days|weeks|months|years)\b|за последние|ultim[ie]\b|terakhir/iu;
/** Everyday words that chrono reads as short names of days and months. */
const NO_NAME = /^(?:sat|sun|mon|wed|mar|may|march)\b/u;
const YEAR = /(?:\b(?:in|during|tahun|nel|nell'anno)\s+|(?:^|\s)в\s+)((?:19|20)\d{2})(?!\d|-|,\d)/iu;

const startOfDay = (time: number) => Math.floor(time / DAY_MS) * DAY_MS;
/** Monday of the week of a day; 1 January 1970 was a Thursday. */
const startOfWeek = (time: number) => startOfDay(time) - ((startOfDay(time) / DAY_MS + 3) % 7) * DAY_MS;

function unitOf(found: Found, relative: boolean): Unit | undefined {
  const { start, text } = found;
  if (WEEKEND.test(text)) return 'weekend';
  if (relative && WEEK.test(text) && !start.isCertain('weekday')) return 'week';
  if (start.isCertain('day') || start.isCertain('weekday')) return 'day';
  if (start.isCertain('month')) return 'month';
  return start.isCertain('year') ? 'year' : undefined;
}

function rangeOf(unit: Unit, day: number): { readonly from: number; readonly to: number } {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const [today, monday] = [startOfDay(day), startOfWeek(day)];
  const ranges = {
    day: { from: today, to: today + DAY_MS },
    weekend: { from: monday + 5 * DAY_MS, to: monday + 7 * DAY_MS },
    week: { from: monday, to: monday + 7 * DAY_MS },
    month: { from: Date.UTC(year, month, 1), to: Date.UTC(year, month + 1, 1) },
    year: { from: Date.UTC(year, 0, 1), to: Date.UTC(year + 1, 0, 1) },
  } as const satisfies Record<Unit, { readonly from: number; readonly to: number }>;
  return ranges[unit];
}

const dayOf = (parts: Found['start']) =>
  Date.UTC(parts.get('year') ?? 1970, (parts.get('month') ?? 1) - 1, parts.get('day') ?? 1);

/** A memory lies in the past: `in May` is the last May, `on Friday` the last Friday. */
function inThePast(day: number, found: Found, now: number): number {
  if (day <= now || found.start.isCertain('year')) return day;
  if (found.start.isCertain('month')) {
    const date = new Date(day);
    return Date.UTC(date.getUTCFullYear() - 1, date.getUTCMonth(), date.getUTCDate());
  }
  return day - 7 * DAY_MS;
}

const isRelative = (found: Found) =>
  !found.start.isCertain('month') ||
  [...found.tags()].some((tag) => tag.startsWith('result/relative') || tag.startsWith('casualReference'));

function timeOf(found: Found, question: string, now: number): NamedTime | undefined {
  const { text } = found;
  const lead = question.slice(Math.max(0, found.index - 12), found.index);
  if (VAGUE.test(text) || FUTURE.test(text) || FUTURE.test(lead) || NO_NAME.test(text)) return undefined;
  const trail = question.slice(found.index + text.length, found.index + text.length + 10);
  if ([text, lead, trail].some((part) => COUNTED_FROM.test(part))) return undefined;
  const relative = isRelative(found);
  const unit = unitOf(found, relative);
  if (unit === undefined) return undefined;
  const { from, to } = rangeOf(unit, inThePast(dayOf(found.start), found, now));
  if (from > now) return undefined;
  const length = found.end ? dayOf(found.end) - dayOf(found.start) : 0;
  return { from, to: relative && UP_TO_NOW.test(text) ? now : to + length, text, relative };
}

function yearOf(question: string, now: number): NamedTime | undefined {
  const found = YEAR.exec(question);
  if (found?.[1] === undefined) return undefined;
  const range = rangeOf('year', Date.UTC(Number(found[1]), 0, 1));
  return range.from > now ? undefined : { ...range, text: found[0].trim(), relative: false };
}

/**
 * The past time a question names, if it names exactly one: a day, weekend, week, month or year, absolute or counted
 * from `now`. Vague (`a few years ago`), future and merely mentioned times (`the week before May 3`) are left alone;
 * their words still search. Dates by chrono-node in English, Russian, Indonesian and Italian.
 */
export function namedTime(
  question: string,
  language: string | undefined,
  now: number,
): NamedTime | undefined {
  const times = datesIn(question, language, now).flatMap((found) => timeOf(found, question, now) ?? []);
  if (times.length > 1) return undefined;
  return times[0] ?? yearOf(question, now);
}
