declare module 'snowball-stemmers' {
  export interface Stemmer {
    /** Stem of one lower-case word. */
    stem(word: string): string;
  }
  export function newStemmer(algorithm: 'english' | 'russian' | 'italian'): Stemmer;
  const snowball: { readonly newStemmer: typeof newStemmer };
  export default snowball;
}
