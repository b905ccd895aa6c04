import { splitText } from '../../src/ingest/split-text.ts';
import { sentences } from '../../src/memory/sentences.ts';
import { estimateTokens } from '../../src/memory/token-budget.ts';
import type { ExtractedDocument } from '../../src/ports/document-reader.ts';

/** A text made of passages about different things, and what of it must be found in one piece. */
export interface SplitSample {
  readonly passages: readonly string[];
  /** Short answers that stand in the passages. */
  readonly answers: readonly string[];
}

export interface SplitterQuality {
  readonly chunks: number;
  readonly tokensMean: number;
  readonly tokensMax: number;
  /** Share of chunks that begin and end where a sentence does. */
  readonly wholeSentences: number;
  /** Share of the borders between passages at which, or within one sentence of which, a chunk ends. */
  readonly borderRecall: number;
  /** The same share if the same number of cuts had been spread evenly. */
  readonly borderRecallEven: number;
  /** WindowDiff (Pevzner and Hearst 2002) against the passages, in sentences; less is better. */
  readonly windowDiff: number;
  readonly windowDiffEven: number;
  /** Share of the answers that stand whole in one chunk. */
  readonly answersWhole: number;
}

/** Without any structure: passages run on, so only their words tell where one ends. */
function documentOf(passages: readonly string[]): ExtractedDocument {
  const text = passages.join(' ');
  return { text, blocks: [{ kind: 'paragraph', start: 0, end: text.length }], pages: [], warnings: [] };
}

/** Numbers of the sentences (from 1) that begin at or after each offset: where a border falls, in sentences. */
function inSentences(offsets: readonly number[], starts: readonly number[]): number[] {
  return offsets.map((offset) => {
    const at = starts.findIndex((start) => start >= offset);
    return at === -1 ? starts.length : at;
  });
}

function windowDiff(reference: readonly number[], cuts: readonly number[], length: number): number {
  const size = Math.max(2, Math.round(length / (reference.length + 1) / 2));
  const within = (borders: readonly number[], from: number) =>
    borders.filter((border) => border > from && border <= from + size).length;
  const windows = length - size;
  if (windows <= 0) return 0;
  let different = 0;
  for (let from = 0; from < windows; from++) if (within(reference, from) !== within(cuts, from)) different++;
  return different / windows;
}

const near = (border: number, cuts: readonly number[]) => cuts.some((cut) => Math.abs(cut - border) <= 1);

interface Counted {
  readonly chunks: readonly string[];
  readonly whole: number;
  readonly borders: number;
  readonly found: number;
  readonly foundEven: number;
  readonly diff: number;
  readonly diffEven: number;
  readonly answers: number;
  readonly answersWhole: number;
}

function count({ passages, answers }: SplitSample): Counted {
  const document = documentOf(passages);
  const { text } = document;
  const cut = splitText(document, { sentences, tokens: estimateTokens });
  const chunks = cut.map(({ start, end }) => text.slice(start, end));
  const spans = sentences(text);
  const starts = spans.map(({ start }) => start);
  const ends = new Set(spans.map(({ end }) => end));
  const whole = cut.filter(({ start, end }) => {
    const slice = text.slice(start, end);
    const first = start + slice.length - slice.trimStart().length;
    return starts.includes(first) && ends.has(start + slice.trimEnd().length);
  }).length;
  let offset = 0;
  const ended = passages.slice(0, -1).map((passage) => (offset += passage.length + 1));
  const reference = inSentences(ended, starts);
  const cuts = inSentences(
    cut.slice(1).map(({ start }) => start),
    starts,
  );
  const even = cuts.map((_, i) => Math.round(((i + 1) * starts.length) / (cuts.length + 1)));
  const present = answers.filter((answer) => text.includes(answer));
  return {
    chunks,
    whole,
    borders: reference.length,
    found: reference.filter((border) => near(border, cuts)).length,
    foundEven: reference.filter((border) => near(border, even)).length,
    diff: windowDiff(reference, cuts, starts.length),
    diffEven: windowDiff(reference, even, starts.length),
    answers: present.length,
    answersWhole: present.filter((answer) => chunks.some((chunk) => chunk.includes(answer))).length,
  };
}

const total = (all: readonly Counted[], of: (counted: Counted) => number) =>
  all.reduce((sum, counted) => sum + of(counted), 0);

/** Cuts texts whose passages run on without a break and compares the cuts with the passages. */
export function splitterQuality(samples: readonly SplitSample[]): SplitterQuality {
  const all = samples.map(count);
  const share = (part: (counted: Counted) => number, of: (counted: Counted) => number) =>
    total(all, part) / Math.max(1, total(all, of));
  const tokens = all.flatMap(({ chunks }) => chunks.map(estimateTokens));
  return {
    chunks: tokens.length,
    tokensMean: tokens.reduce((sum, one) => sum + one, 0) / Math.max(1, tokens.length),
    tokensMax: tokens.reduce((most, one) => Math.max(most, one), 0),
    wholeSentences: share(
      ({ whole }) => whole,
      ({ chunks }) => chunks.length,
    ),
    borderRecall: share(
      ({ found }) => found,
      ({ borders }) => borders,
    ),
    borderRecallEven: share(
      ({ foundEven }) => foundEven,
      ({ borders }) => borders,
    ),
    windowDiff: total(all, ({ diff }) => diff) / Math.max(1, all.length),
    windowDiffEven: total(all, ({ diffEven }) => diffEven) / Math.max(1, all.length),
    answersWhole: share(
      ({ answersWhole }) => answersWhole,
      ({ answers }) => answers,
    ),
  };
}
