/** Numbers for strings that repeat (sessions, documents, authors), so that a column holds numbers. */
export interface Names {
  /** Of a string, given out if new; from 1. */
  add(text: string | null): number;
  /** Of a string, 0 when no item has it. */
  find(text: string): number;
  /** `undefined` for 0. */
  text(number: number): string | undefined;
  /** All, in the order of their numbers. */
  texts(): readonly string[];
  /** Estimated. */
  bytes(): number;
}

/** Map entry, header and pointer beside the characters of a string. */
const OVERHEAD_BYTES = 80;

/** Starts with the texts of another one, if given. */
export function names(known: readonly string[] = []): Names {
  const texts = [...known];
  const numbers = new Map(texts.map((text, place) => [text, place + 1]));
  let bytes = texts.reduce((sum, text) => sum + text.length + OVERHEAD_BYTES, 0);
  return {
    add(text) {
      if (text === null) return 0;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      texts.push(text);
      numbers.set(text, texts.length);
      bytes += text.length + OVERHEAD_BYTES;
      return texts.length;
    },
    find: (text) => numbers.get(text) ?? 0,
    text: (number) => texts[number - 1],
    texts: () => texts,
    bytes: () => bytes,
  };
}
