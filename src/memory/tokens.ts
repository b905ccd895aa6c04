/** Dates and numbers whole, words with inner apostrophes whole. */
const TOKEN =
  /\d{4}-\d{2}-\d{2}|\p{Nd}+(?:[.,:]\p{Nd}+)+|[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’][\p{L}\p{M}]+)*/gu;

/** Longer runs of letters are data, not words; their beginning is enough to find them. */
const LONGEST = 64;

/**
 * Words, numbers and dates of a text in order, as written (case kept: `camelCase` is split later), at most 64 UTF-16
 * units of each. Compatibility forms are unified first (NFKC), so full-width letters and ligatures meet plain ones.
 */
export function tokens(text: string): readonly string[] {
  const found = text.normalize('NFKC').match(TOKEN) ?? [];
  return found.map((token) => (token.length > LONGEST ? token.slice(0, LONGEST) : token));
}

const BORDER = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{Nd})|(?<=\p{Nd})(?=\p{L})/u;

/** Parts of `camelCase`, `HTTPServer` and `gpt4`; a plain word is its own only part. */
export function wordParts(token: string): readonly string[] {
  return token.split(BORDER);
}
