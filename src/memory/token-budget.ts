/** Characters of one token of common models: Latin text about 4; other alphabets about 2.5; scripts without spaces 1. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;
const BEYOND_LATIN = /(?!\s)[\u0250-\u{10ffff}]/gu;

/** Tokens a text takes in a language model, estimated from its characters; never 0 for a text that is not empty. */
export function estimateTokens(text: string): number {
  const beyond = text.match(BEYOND_LATIN)?.length ?? 0;
  const dense = beyond === 0 ? 0 : (text.match(DENSE)?.length ?? 0);
  const latin = text.length - beyond;
  return Math.ceil(latin / 4 + (beyond - dense) / 2.5 + dense);
}

/** A model may count more tokens than the characters tell. */
const SURE_SHARE = 0.85;

/** So many tokens of our estimate surely fit into so many of a model. */
export function sureTokens(modelTokens: number): number {
  return Math.floor(modelTokens * SURE_SHARE);
}

/**
 * The items that fit a budget, tried in order: one that does not fit is left out and smaller ones after it may still
 * come in. The first item is always taken, so an answer is never empty because its best passage is long.
 */
export function packWithin<T>(
  items: readonly T[],
  costOf: (item: T) => number,
  budget: number,
): { readonly packed: readonly T[]; readonly leftOut: number } {
  let spent = 0;
  const packed = items.filter((item, i) => {
    const cost = costOf(item);
    if (i > 0 && spent + cost > budget) return false;
    spent += cost;
    return true;
  });
  return { packed, leftOut: items.length - packed.length };
}
