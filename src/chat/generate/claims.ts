import { sentences } from '../../memory/sentences.ts';
import { tokens } from '../../memory/tokens.ts';

/** Follows an answer as it is written and says what a marker stands behind. */
export interface Claims {
  add(text: string): void;
  /**
   * The words of the present sentence since the marker before; where there are none, those that the marker before stands
   * behind. Empty at the very beginning.
   */
  atMarker(): string;
  /** The last of what was written, for telling its language. */
  lately(): string;
}

/** No sentence is longer. */
const KEPT = 2_000;

/** The last sentence of a text, also one that has ended. */
function lastSentence(text: string): string {
  const last = sentences(text).at(-1);
  return last === undefined ? '' : text.slice(last.start, last.end);
}

const hasWords = (text: string) => tokens(text).length > 0;

export function claims(): Claims {
  let written = '';
  /** How much of it was claimed by markers. */
  let claimedTo = 0;
  let before = '';
  return {
    add(text) {
      written += text;
      const surplus = written.length - KEPT;
      if (surplus <= 0) return;
      written = written.slice(surplus);
      claimedTo = Math.max(0, claimedTo - surplus);
    },
    atMarker() {
      const sentence = lastSentence(written);
      const since = lastSentence(written.slice(claimedTo));
      const claim = since.length < sentence.length ? since : sentence;
      claimedTo = written.length;
      if (hasWords(claim)) before = claim;
      return before;
    },
    lately: () => written,
  };
}
