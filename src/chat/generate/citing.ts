import { detectLanguage } from '../../memory/language.ts';
import { queryTerms } from '../../memory/analyser.ts';
import type { Hit } from '../../wire/recall.ts';
import type { Citation } from '../../wire/sessions.ts';
import type { AnswerTrace } from '../../wire/trace.ts';
import { citationOf, openingOf } from '../answer/compose-answer.ts';
import { passagesOf } from '../answer/passages.ts';
import { type Claims, claims } from './claims.ts';
import { type MarkerReader, markerReader, type Written } from './marker-reader.ts';
import type { Entry } from './recalled-entries.ts';
import { type Claim, evidence, supports } from './support.ts';

type Fate = AnswerTrace['citations'][number];

/** Lets an answer through as it comes, without the markers that nothing recalled bears out. */
export interface Citing {
  /** What may be shown of the answer after one more piece of it. */
  read(piece: string): string;
  /** The rest. */
  end(): string;
  /** What was cited and is borne out, by number. */
  citations(): Citation[];
  /** What became of each marker, in order. */
  fates(): Fate[];
}

/** A hit with no more of its text than was shown, at the place where that stands. */
function shownPart({ hit, seen }: Entry): Hit {
  const text = seen.text.replaceAll(/^…|…$/gu, '');
  const at = hit.text.indexOf(text);
  return at < 0 ? hit : { ...hit, text, place: { ...hit.place, start: (hit.place.start ?? 0) + at } };
}

/** The passage of an entry that says most of what is claimed. */
function citationFor(entry: Entry, claim: Claim): Citation {
  const { marker, hit } = entry;
  const wanted = queryTerms(claim.text, claim.language).map(({ term }) => term);
  const rated = passagesOf([shownPart(entry)]).map((passage) => ({
    passage,
    score: wanted.filter((term) => passage.terms.has(term)).length,
  }));
  const best = rated.reduce<(typeof rated)[number] | undefined>(
    (top, one) => (top === undefined || one.score > top.score ? one : top),
    undefined,
  );
  return best === undefined ? openingOf(hit, marker) : citationOf(best.passage, marker);
}

interface Book {
  readonly entries: ReadonlyMap<
    number,
    { readonly entry: Entry; readonly terms: ReturnType<typeof evidence> }
  >;
  readonly kept: Map<number, Citation>;
  readonly fates: Fate[];
}

function judge(marker: number, claim: Claim, { entries, kept, fates }: Book): boolean {
  const cited = entries.get(marker);
  if (cited === undefined) {
    fates.push({ marker, kept: false, reason: 'unknown-marker' });
    return false;
  }
  const { entry, terms } = cited;
  const borneOut = supports(entry.seen, terms, claim);
  fates.push({
    marker,
    itemId: entry.hit.id,
    kept: borneOut,
    reason: borneOut ? 'supported' : 'unsupported',
  });
  if (borneOut && !kept.has(marker)) kept.set(marker, citationFor(entry, claim));
  return borneOut;
}

function shownOf(
  written: readonly Written[],
  said: Claims,
  book: Book,
  language: string | undefined,
): string {
  let shown = '';
  for (const one of written) {
    if (one.kind === 'text') {
      said.add(one.text);
      shown += one.text;
      continue;
    }
    const claim = { text: said.atMarker(), language: detectLanguage(said.lately()) ?? language };
    const kept = one.numbers.filter((number) => judge(number, claim, book));
    if (kept.length > 0) shown += one.blanks + kept.map((number) => `[${number}]`).join('');
  }
  return shown;
}

/** `language` is that of the question, for answers too short to tell theirs. */
export function citing(entries: readonly Entry[], language: string | undefined): Citing {
  const reader: MarkerReader = markerReader();
  const said = claims();
  const book: Book = {
    entries: new Map(entries.map((entry) => [entry.marker, { entry, terms: evidence(entry.seen) }])),
    kept: new Map(),
    fates: [],
  };
  return {
    read: (piece) => shownOf(reader.read(piece), said, book, language),
    end: () => shownOf(reader.end(), said, book, language),
    citations: () => [...book.kept.values()].sort((a, b) => a.marker - b.marker),
    fates: () => [...book.fates],
  };
}
