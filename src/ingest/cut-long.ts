interface Span {
  readonly start: number;
  readonly end: number;
}

interface Budget {
  readonly tokens: (text: string) => number;
  readonly maxTokens: number;
}

/** Offsets at which lines that are not blank begin; the first is `start`. */
export function lineStarts(text: string, start: number, end: number): number[] {
  const starts = [start];
  let from = text.indexOf('\n', start) + 1;
  while (from > 0 && from < end) {
    const to = text.indexOf('\n', from);
    const lineEnd = to === -1 || to > end ? end : to;
    if (text.slice(from, lineEnd).trim() !== '') starts.push(from);
    from = to === -1 ? 0 : to + 1;
  }
  return starts;
}

/** Places to cut a text that has no sentence end, from better to worse; the cut is after the match. */
const SOFT_CUTS = [/\n/g, /[;:,،、。]\s?/g, /\s/g];

/** The best place to cut in (low, high]: a line end, punctuation, a blank, else `high` but not inside a character. */
export function softCut(text: string, low: number, high: number): number {
  const window = text.slice(low, high);
  for (const pattern of SOFT_CUTS) {
    const last = [...window.matchAll(pattern)].at(-1);
    if (last !== undefined) return low + last.index + last[0].length;
  }
  const code = text.charCodeAt(high);
  const insidePair = code >= 0xdc_00 && code <= 0xdf_ff;
  return insidePair && high - 1 > low ? high - 1 : high;
}

/** Characters per token of the budget that a part may have at most, however little the characters cost. */
const LONGEST_TOKEN = 16;

/**
 * Cuts a span that costs more than `maxTokens` (a sentence without end, a cell of a table, a wall of digits) into
 * parts that do not; a span within the budget comes back whole. Never cuts inside a surrogate pair. Time grows linearly
 * with the span.
 */
export function cutLong(text: string, span: Span, budget: Budget): (Span & { readonly tokens: number })[] {
  const parts: (Span & { readonly tokens: number })[] = [];
  const longest = budget.maxTokens * LONGEST_TOKEN;
  let { start } = span;
  while (start < span.end) {
    let end = span.end - start <= longest ? span.end : softCut(text, start + longest / 2, start + longest);
    let tokens = budget.tokens(text.slice(start, end));
    while (tokens > budget.maxTokens && end - start > 4) {
      const fitting = Math.max(4, Math.floor(((end - start) * budget.maxTokens * 0.9) / tokens));
      end = softCut(text, start + Math.floor(fitting / 2), start + fitting);
      tokens = budget.tokens(text.slice(start, end));
    }
    parts.push({ start, end, tokens });
    start = end;
  }
  return parts;
}
