const LINE_ENDS = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
/** Marks of encodings and invisible break hints: nothing is lost, and words stay findable. */
const INVISIBLE = /[\ufeff\u00ad\u200b]/g;
const CONTROLS = /(?![\n\t])\p{Cc}/gu;

/**
 * The form all extracted text has: NFC, lines ended by `\n`, no control characters but `\n` and `\t` (each becomes a
 * space), no lone surrogates (each becomes U+FFFD), no byte order marks, soft hyphens and zero-width spaces.
 */
export function normaliseText(text: string): string {
  return text
    .replace(LINE_ENDS, '\n')
    .replace(INVISIBLE, '')
    .replace(CONTROLS, ' ')
    .toWellFormed()
    .normalize('NFC');
}

/** One line: every run of white space is one space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
