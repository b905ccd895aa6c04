import type { FormatReader } from '../format-reader.ts';
import { htmlDocument } from './html-walker.ts';
import { sourceText } from './source-text.ts';

/** What a reader sees of a page: no scripts, styles, navigation or hidden parts. See `htmlDocument`. */
export const readHtml: FormatReader = (bytes, { limits }) => {
  const { text, warnings } = sourceText(declaredDecoding(bytes));
  return htmlDocument(text, { maxCharacters: limits.maxCharacters, warnings });
};

/** A page may name its encoding where neither a mark nor valid UTF-8 tells it; then it is turned into UTF-8. */
function declaredDecoding(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(bytes.subarray(0, 2_048)).toString('latin1');
  const name = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/iu.exec(head)?.[1];
  if (name === undefined || /^utf-?(?:8|16)/iu.test(name)) return bytes;
  try {
    return Buffer.from(new TextDecoder(name).decode(bytes));
  } catch {
    // An unknown name says nothing; the bytes are judged by themselves.
    return bytes;
  }
}
