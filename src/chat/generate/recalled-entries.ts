import { readableTime } from '../../memory/readable-time.ts';
import { estimateTokens } from '../../memory/token-budget.ts';
import type { Hit, Place } from '../../wire/recall.ts';
import { asData, asDataLine, delimiter } from './as-data.ts';
import { excerpt } from './excerpt.ts';

/** Something recalled as the prompt shows it. */
export interface Entry {
  /** The number by which an answer refers to it. */
  readonly marker: number;
  readonly hit: Hit;
  /** The hit with as much of its texts as is shown. */
  readonly seen: Hit;
  readonly shown: string;
  readonly tokens: number;
}

/** What fitted, and what did not. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly leftOut: readonly Hit[];
}

/** A text takes no more than so many times its equal share of the room, nor ever more than so much. */
const MOST_SHARES = 2;
const MOST_TOKENS = 1_500;
/** A text is shortened to no less; below that it is left out. */
const LEAST_TOKENS = 60;
const NEIGHBOUR_TOKENS = 60;

const SPEAKERS = { user: 'the person', assistant: 'you', person: 'somebody', system: 'a program' } as const;

function who({ author, role }: Pick<Place, 'author' | 'role'>): string {
  return asDataLine(author ?? SPEAKERS[role ?? 'person']);
}

/** What an entry is: its number, kind, who said it, when, and where it stands. */
function headOf(marker: number, { kind, place }: Hit): string {
  const { page, time } = place;
  const when = readableTime(time, 'en');
  const name = asDataLine(place.name);
  if (place.kind === 'conversation')
    return delimiter(String(marker), kind, who(place), when, ...(name === '' ? [] : [`in “${name}”`]));
  return delimiter(
    String(marker),
    'document',
    `“${name}”`,
    ...(page === undefined ? [] : [`page ${page}`]),
    when,
  );
}

function cut(hit: Hit, tokens: number): Hit {
  const neighbours = hit.neighbours.map((near) => ({
    ...near,
    text: excerpt(near.text, [], NEIGHBOUR_TOKENS),
  }));
  return { ...hit, text: excerpt(hit.text, hit.matched, tokens), neighbours };
}

/** What stands before or after it in its conversation. */
function around({ neighbours }: Hit, before: boolean): string[] {
  return neighbours
    .filter(({ distance }) => distance < 0 === before)
    .map((near) => asData(`(${before ? 'before' : 'after'} it, ${who(near)}: ${near.text})`));
}

function shownAs(marker: number, seen: Hit): string {
  const lines = [
    headOf(marker, seen),
    ...around(seen, true),
    asData(seen.text).trim(),
    ...around(seen, false),
  ];
  return [...lines, delimiter(`end of ${marker}`)].join('\n');
}

/** A hit as an entry of at most so many tokens, its text shortened to `most`; `undefined` when it does not fit. */
function entryOf(marker: number, hit: Hit, room: number, most: number): Entry | undefined {
  const frame = estimateTokens(shownAs(marker, cut({ ...hit, text: '' }, 0)));
  const textRoom = Math.min(most, room - frame);
  if (textRoom < LEAST_TOKENS && estimateTokens(hit.text) > textRoom) return undefined;
  const seen = cut(hit, textRoom);
  const shown = shownAs(marker, seen);
  const tokens = estimateTokens(shown);
  return tokens > room ? undefined : { marker, hit, seen, shown, tokens };
}

/** The hits as entries, best first, as far as they fit; long ones are shortened to what was asked for. */
export function recalledEntries(hits: readonly Hit[], budget: number): Entries {
  const most = Math.min(MOST_TOKENS, Math.floor((MOST_SHARES * budget) / Math.max(1, hits.length)));
  const entries: Entry[] = [];
  const leftOut: Hit[] = [];
  let left = budget;
  for (const hit of hits) {
    const entry = entryOf(entries.length + 1, hit, left, most);
    if (entry === undefined) leftOut.push(hit);
    else {
      entries.push(entry);
      left -= entry.tokens;
    }
  }
  return { entries, leftOut };
}
