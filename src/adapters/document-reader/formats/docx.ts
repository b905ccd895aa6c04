import mammoth from 'mammoth';
import type { FormatReader } from '../format-reader.ts';
import { checkOfficeFile } from '../office-file.ts';
import { coreTitle, openPackage } from './office-package.ts';
import { htmlDocument } from './html-walker.ts';

/** Styles of Word that mammoth does not know by itself. */
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='Quote'] => blockquote:fresh",
  "p[style-name='Intense Quote'] => blockquote:fresh",
  "p[style-name='Quotations'] => blockquote:fresh",
  "p[style-name='Preformatted Text'] => pre:separator('\\n')",
  "p[style-name='HTML Preformatted'] => pre:separator('\\n')",
];

/** Word documents: text, headings, lists, tables, notes at the end; pages are not stored in the file. */
export const readDocx: FormatReader = async (bytes, { limits }) => {
  await checkOfficeFile(bytes, limits);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const noImages = mammoth.images.imgElement(async () => ({ src: '' }));
  const { value } = await mammoth.convertToHtml({ buffer }, { styleMap: STYLES, convertImage: noImages });
  const title = await coreTitle(await openPackage(bytes, limits));
  return htmlDocument(withoutBackLinks(value), { maxCharacters: limits.maxCharacters, title });
};

/** The arrow that leads from a note back to its place. */
function withoutBackLinks(html: string): string {
  return html.replace(/<a href="#(?:foot|end)note-ref-[^"]*">[^<]*<\/a>/gu, '');
}
