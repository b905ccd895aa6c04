import { AppError } from '../../../core/errors.ts';
import { decodeText, type DecodedText } from '../decode-text.ts';
import { normaliseText } from '../normalise-text.ts';

/** Characters of a text file, and warnings about what could not be decoded. */
export interface SourceText {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Decodes without normalising, for formats whose parser makes the text. Throws `unreadable` for what is no text. */
export function sourceText(bytes: Uint8Array): SourceText {
  const decoded = decodeText(bytes);
  if (decoded === undefined) throw new AppError('unreadable', 'The file holds binary data, not text.');
  return { text: decoded.text, warnings: decodingWarnings(decoded) };
}

/** Decodes and normalises: the text whose offsets the blocks of a text format point into. */
export function normalisedSource(bytes: Uint8Array): SourceText {
  const { text, warnings } = sourceText(bytes);
  return { text: normaliseText(text), warnings };
}

function decodingWarnings({ damaged, encoding }: DecodedText): string[] {
  if (damaged === 0) return [];
  return [`${damaged} characters could not be decoded as ${encoding} and were replaced.`];
}
