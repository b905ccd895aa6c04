/** Every text costs a little, however short: special tokens and the call itself, in characters. */
const BASE_CHARS = 20;

/** Milliseconds a character costs before anything was measured: between the bundled model and one ten times its size. */
const FIRST_GUESS_MS = 0.1;

/** How much the last measurement counts. */
const WEIGHT = 0.3;

/** Cuts texts into runs that take about the same time, learning the speed of model and machine on the way. */
export interface WorkSlices {
  /** The next texts from `start` on; at least one, as long as there is one. */
  next(texts: readonly string[], start: number): string[];
  /** What a run really took. */
  learn(run: readonly string[], tookMs: number): void;
}

/** `targetMs`: wanted length of a run. `maxChars`: what a text costs at most, because the model cuts longer ones. */
export function workSlices(targetMs: number, maxChars: number): WorkSlices {
  let msPerChar = FIRST_GUESS_MS;
  const cost = (text: string) => BASE_CHARS + Math.min(text.length, maxChars);
  return {
    next(texts, start) {
      let end = start;
      let expectedMs = 0;
      for (const text of texts.slice(start, start + 1 + Math.ceil(targetMs / (msPerChar * BASE_CHARS)))) {
        expectedMs += cost(text) * msPerChar;
        if (end > start && expectedMs > targetMs) break;
        end++;
      }
      return texts.slice(start, end);
    },
    learn(run, tookMs) {
      const chars = run.reduce((sum, text) => sum + cost(text), 0);
      if (chars > 0) msPerChar += WEIGHT * (Math.max(tookMs, 0.001) / chars - msPerChar);
    },
  };
}
