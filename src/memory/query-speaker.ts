import { analyse } from './analyser.ts';

const termsOf = (text: string, language: string | undefined) =>
  analyse(text, language ?? 'en')
    .split(' ')
    .filter((term) => term !== '' && !term.startsWith('~'));

/**
 * The author a question names, if it names exactly one of them: by any part of the name, in any case of its language
 * (`Анне` is `Анна`). Names that two authors share name nobody.
 */
export function namedSpeaker(
  question: string,
  language: string | undefined,
  authors: readonly string[],
): string | undefined {
  const asked = new Set(termsOf(question, language));
  const named = authors.filter((author) => termsOf(author, language).some((part) => asked.has(part)));
  return named.length === 1 ? named[0] : undefined;
}
