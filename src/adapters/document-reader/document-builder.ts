import { AppError } from '../../core/errors.ts';
import type { Block, BlockKind, ExtractedDocument, PageStart } from '../../ports/document-reader.ts';
import { normaliseText, oneLine } from './normalise-text.ts';

/** Collects the text of a document piece by piece; offsets of blocks and pages come out exact. */
export interface DocumentBuilder {
  /** A block of its own, an empty line after the one before. Normalised and trimmed; nothing is added when empty. */
  add(kind: BlockKind, text: string, level?: number): void;
  /** More text of the last block, after a space: a paragraph that goes on over a page's end. */
  extend(text: string): void;
  /** What is added from now on is on this page; a page without text does not appear. */
  page(number: number, label?: string): void;
  /** Each sentence once, the first twenty. */
  warn(sentence: string): void;
  build(title?: string): ExtractedDocument;
}

const MAX_TITLE_CHARACTERS = 300;
const MAX_WARNINGS = 20;

/** Throws `too-large` as soon as the text is longer than `maxCharacters`. */
export function documentBuilder(maxCharacters: number): DocumentBuilder {
  const parts: string[] = [];
  const blocks: Block[] = [];
  const pages: PageStart[] = [];
  const warnings = new Set<string>();
  let length = 0;
  let nextPage: Omit<PageStart, 'start'> | undefined;

  const append = (text: string) => {
    parts.push(text);
    length += text.length;
    checkLength(length, maxCharacters);
  };
  const startPage = () => {
    if (nextPage !== undefined) pages.push({ ...nextPage, start: pages.length === 0 ? 0 : length });
    nextPage = undefined;
  };

  return {
    add(kind, text, level) {
      const clean = trimBlock(normaliseText(text));
      if (clean === '') return;
      if (length > 0) append('\n\n');
      startPage();
      const start = length;
      append(clean);
      blocks.push({ kind, start, end: length, ...(level === undefined ? {} : { level }) });
    },
    extend(text) {
      const clean = normaliseText(text).trim();
      const last = blocks.pop();
      if (clean === '' || last === undefined) return;
      append(' ');
      startPage();
      append(clean);
      blocks.push({ ...last, end: length });
    },
    page(number, label) {
      if (pages.at(-1)?.number === number) return;
      const name = label === undefined ? '' : cleanTitle(label);
      nextPage = { number, ...(name === '' ? {} : { label: name }) };
    },
    warn(sentence) {
      if (warnings.size < MAX_WARNINGS) warnings.add(sentence);
    },
    build(title) {
      return extracted({ text: parts.join(''), blocks, pages, warnings: [...warnings] }, title);
    },
  };
}

/** A document of ready parts; a title that is empty is left out. */
export function extracted(document: Omit<ExtractedDocument, 'title'>, title = ''): ExtractedDocument {
  const clean = cleanTitle(title);
  return { ...(clean === '' ? {} : { title: clean }), ...document };
}

/** Throws `too-large` for a text longer than what one document may have. */
export function checkLength(length: number, maxCharacters: number): void {
  if (length <= maxCharacters) return;
  const limit = maxCharacters.toLocaleString('en');
  throw new AppError(
    'too-large',
    `The document holds more than ${limit} characters of text, the most that is read.`,
  );
}

function cleanTitle(text: string): string {
  return oneLine(normaliseText(text)).slice(0, MAX_TITLE_CHARACTERS).toWellFormed();
}

/** Empty lines around go; the first line keeps its indentation, which means something in code. */
function trimBlock(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/u, '').trimEnd();
}
