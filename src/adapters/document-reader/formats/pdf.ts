import { getDocumentProxy } from 'unpdf';
import { AppError } from '../../../core/errors.ts';
import { documentBuilder, type DocumentBuilder } from '../document-builder.ts';
import type { FormatReader } from '../format-reader.ts';
import { linesOf, type PdfLine, type PdfTextItem } from './pdf-lines.ts';
import { pdfParagraphs } from './pdf-paragraphs.ts';
import { withoutRunningLines } from './pdf-running-lines.ts';

/**
 * The text layer of a PDF in the order of its content stream, page by page; paragraphs and headings are rebuilt from
 * the places and sizes of lines. Lines repeated at the top or bottom of most pages are left out.
 */
export const readPdf: FormatReader = async (bytes, { limits }) => {
  const pdf = await openPdf(bytes);
  const builder = documentBuilder(limits.maxCharacters);
  const pages: PdfLine[][] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number).catch(() => undefined);
    const content = await page?.getTextContent().catch(() => undefined);
    if (content === undefined) builder.warn(`Page ${number} is damaged and was left out.`);
    const items = (content?.items ?? []).filter((item) => 'str' in item) as PdfTextItem[];
    pages.push(linesOf(items));
    page?.cleanup();
  }
  warnOfEmptyPages(builder, pages);
  for (const { page, kind, text, level, continues } of pdfParagraphs(withoutRunningLines(pages))) {
    builder.page(page);
    if (continues) builder.extend(text);
    else builder.add(kind, text, level);
  }
  return builder.build(await documentTitle(pdf));
};

async function openPdf(bytes: Uint8Array) {
  try {
    // pdfjs takes the bytes over, so it gets a copy.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, isEvalSupported: false });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new AppError('unreadable', 'The document is protected by a password.');
    }
    throw error;
  }
}

function warnOfEmptyPages(builder: DocumentBuilder, pages: readonly (readonly PdfLine[])[]): void {
  const empty = pages.flatMap((lines, index) => (lines.length === 0 ? [index + 1] : []));
  if (empty.length === 0 || empty.length === pages.length) return;
  const some = empty.slice(0, 10).join(', ');
  builder.warn(
    `No text on ${empty.length} of ${pages.length} pages, perhaps pictures (page ${some}${empty.length > 10 ? ', …' : ''}).`,
  );
}

async function documentTitle(pdf: Awaited<ReturnType<typeof openPdf>>): Promise<string> {
  const metadata = await pdf.getMetadata().catch(() => undefined);
  const { Title: title } = (metadata?.info ?? {}) as { Title?: unknown };
  // Programs put the name of the file they printed here.
  return typeof title === 'string' && !/\.\w{2,4}$|^untitled|^microsoft word/iu.test(title.trim())
    ? title
    : '';
}
