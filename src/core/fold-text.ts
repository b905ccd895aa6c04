/** Lower case, apostrophes straight, `ё` read as `е`. */
export function lowerCase(token: string): string {
  return token.toLowerCase().replaceAll('’', "'").replaceAll('ё', 'е');
}

const LATIN_MARKS = /(?<=\p{Script=Latin})\p{M}+/gu;
const PLAIN = /^[a-z0-9]*$/u;

/** Without accents on Latin letters (`città` and `citta` meet); other scripts keep theirs, where they are letters. */
export function withoutAccents(word: string): string {
  return PLAIN.test(word) ? word : word.normalize('NFD').replace(LATIN_MARKS, '').normalize('NFC');
}

/** What two spellings of the same name have in common; folded again it stays as it is. */
export function foldName(name: string): string {
  return withoutAccents(lowerCase(name.normalize('NFKC')))
    .replace(/\s+/gu, ' ')
    .trim();
}
