import type { Block, ExtractedDocument, PageStart } from '../../../ports/document-reader.ts';
import { checkLength, extracted } from '../document-builder.ts';
import type { FormatReader } from '../format-reader.ts';
import { normaliseText } from '../normalise-text.ts';
import { dialogueTurns } from './dialogue.ts';
import { sourceText } from './source-text.ts';

/** A run of lines without an empty one between. */
interface Paragraph {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text as it is. Blocks are paragraphs, or turns where lines regularly begin with `Name:`; a paragraph is a
 * heading, list or quote only when that is certain. A form feed begins a page.
 */
export const readPlainText: FormatReader = (bytes, { limits }) => {
  const source = sourceText(bytes);
  return plainDocument(source.text, source.warnings, limits.maxCharacters);
};

/** The same for text that is already decoded. */
export function plainDocument(
  decoded: string,
  warnings: readonly string[],
  maxCharacters: number,
): ExtractedDocument {
  const { text, pages } = joinPages(decoded);
  checkLength(text.length, maxCharacters);
  const turns = dialogueTurns(text);
  const blocks = turns.length > 0 ? turns : paragraphBlocks(splitParagraphs(text));
  return extracted({ text, blocks, pages, warnings }, titleOf(text, blocks));
}

function joinPages(decoded: string): { text: string; pages: PageStart[] } {
  const sheets = decoded.split('\f').map(normaliseText);
  if (sheets.length === 1) return { text: sheets[0] ?? '', pages: [] };
  const pages: PageStart[] = [];
  let length = 0;
  for (const [index, sheet] of sheets.entries()) {
    if (sheet.trim() !== '') pages.push({ number: index + 1, start: pages.length === 0 ? 0 : length });
    length += sheet.length + 1;
  }
  return { text: sheets.join('\n'), pages };
}

function splitParagraphs(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let offset = 0;
  let start: number | undefined;
  let end = 0;
  for (const line of [...text.split('\n'), '']) {
    const content = line.trimEnd();
    if (content !== '') {
      start ??= offset;
      end = offset + content.length;
    } else if (start !== undefined) {
      paragraphs.push({ start, end, text: text.slice(start, end) });
      start = undefined;
    }
    offset += line.length + 1;
  }
  return paragraphs;
}

function paragraphBlocks(paragraphs: readonly Paragraph[]): Block[] {
  return paragraphs.map((paragraph, index) => {
    const place = { start: paragraph.start, end: paragraph.end };
    const level = headingLevel(paragraph.text, paragraphs[index - 1]?.text, paragraphs[index + 1]?.text);
    if (level !== undefined) return { kind: 'heading', ...place, level };
    const lines = paragraph.text.split('\n');
    if (lines.every((line) => /^\s*>/u.test(line))) return { kind: 'quote', ...place };
    if (lines.length > 1 && LIST_ITEM.test(lines[0] ?? '') && lines.every((line) => LIST_LINE.test(line))) {
      return { kind: 'list', ...place };
    }
    return { kind: 'paragraph', ...place };
  });
}

const LIST_ITEM = /^\s*(?:[-*•–]|\d{1,3}[.)])\s+\S/u;
/** An item, or the indented rest of one. */
const LIST_LINE = /^(?:\s*(?:[-*•–]|\d{1,3}[.)])\s+\S|\s{2,}\S)/u;

const NUMBERED = /^(?:(\d{1,2}(?:\.\d{1,2}){1,4})\.?|\d{1,2}\.)\s+\p{Lu}/u;
const CHAPTER =
  /^(?:chapter|part|section|appendix|глава|часть|раздел|приложение|bab|bagian|lampiran)\s+[\dIVXLC]+\b/iu;
const MAX_HEADING_CHARACTERS = 80;

/** The level of a paragraph that is certainly a heading: one short line without an end of sentence before more text. */
function headingLevel(text: string, previous = '', next?: string): number | undefined {
  const [line = '', underline, ...more] = text.split('\n');
  if (line.length > MAX_HEADING_CHARACTERS || more.length > 0) return undefined;
  if (underline !== undefined) return underlineLevel(underline.trim());
  if (next === undefined || /[.!?;,:…]$/u.test(line)) return undefined;
  if (CHAPTER.test(line.trim()) || isUpperCase(line)) return 1;
  return numberedLevel(line.trim(), [previous, next]);
}

function underlineLevel(line: string): number | undefined {
  if (/^={3,}$/u.test(line)) return 1;
  return /^-{3,}$/u.test(line) ? 2 : undefined;
}

/** Numbered lines one after the other are a list; a number with parts (2.1) is not. */
function numberedLevel(line: string, neighbours: readonly string[]): number | undefined {
  const numbered = NUMBERED.exec(line);
  if (numbered === null) return undefined;
  return numbered[1]?.split('.').length ?? (neighbours.some((text) => NUMBERED.test(text)) ? undefined : 1);
}

function isUpperCase(line: string): boolean {
  const letters = line.match(/\p{L}/gu) ?? [];
  return letters.length >= 4 && line === line.toUpperCase() && line !== line.toLowerCase();
}

function titleOf(text: string, blocks: readonly Block[]): string {
  const [first] = blocks;
  if (first?.kind !== 'heading') return '';
  return text.slice(first.start, first.end).split('\n', 1)[0] ?? '';
}
