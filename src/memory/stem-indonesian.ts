/** Vowels of Indonesian; their number is the word's measure (Tala 2003, section 2.3). */
function syllables(word: string): number {
  let count = 0;
  for (const letter of word) if ('aiueo'.includes(letter)) count++;
  return count;
}

type Rule = readonly [affix: string, replacement: string, before?: RegExp];

/** Longest first. A rule with `before` holds only if what follows the affix matches. */
const FIRST_PREFIXES: readonly Rule[] = [
  ['meng', ''],
  ['meny', 's', /^[aiueo]/u],
  ['men', ''],
  ['mem', 'p', /^[aiueo]/u],
  ['mem', ''],
  ['me', ''],
  ['peng', ''],
  ['peny', 's', /^[aiueo]/u],
  ['pen', ''],
  ['pem', 'p', /^[aiueo]/u],
  ['pem', ''],
  ['di', ''],
  ['ter', ''],
  ['ke', ''],
];
const SECOND_PREFIXES: readonly Rule[] = [
  ['ber', ''],
  ['bel', '', /^ajar/u],
  ['be', '', /^k.*er/u],
  ['per', ''],
  ['pel', '', /^ajar/u],
  ['pe', ''],
];

function withoutPrefix(word: string, rules: readonly Rule[]): string {
  for (const [prefix, replacement, before] of rules) {
    if (!word.startsWith(prefix)) continue;
    const rest = word.slice(prefix.length);
    if (before !== undefined && !before.test(rest)) continue;
    return syllables(rest) >= 2 ? replacement + rest : word;
  }
  return word;
}

function withoutSuffix(word: string, suffixes: readonly string[]): string {
  for (const suffix of suffixes) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.slice(0, -suffix.length);
    if (syllables(rest) >= 2) return rest;
  }
  return word;
}

/**
 * Stem of an Indonesian word by affixes alone, without a dictionary: particle, possessive, then prefixes and suffix
 * (F. Z. Tala, "A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia", 2003). A stem keeps at
 * least two syllables, so short words stay whole.
 */
export function stemIndonesian(word: string): string {
  const base = withoutSuffix(withoutSuffix(word, ['kah', 'lah', 'tah', 'pun']), ['nya', 'ku', 'mu']);
  const first = withoutPrefix(base, FIRST_PREFIXES);
  const bare = withoutSuffix(first, ['kan', 'an', 'i']);
  return withoutPrefix(bare, SECOND_PREFIXES);
}
