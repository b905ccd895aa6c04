import type { Block, ExtractedDocument } from '../ports/document-reader.ts';

const BLANK_LINES = /\n[^\S\n]*\n\s*/g;

function paragraphs(text: string, start: number, end: number): Block[] {
  const blocks: Block[] = [];
  let from = start;
  for (const gap of text.slice(start, end).matchAll(BLANK_LINES)) {
    const to = start + gap.index;
    if (text.slice(from, to).trim() !== '') {
      blocks.push({ kind: 'paragraph', start: from, end: to });
      from = to + gap[0].length;
    }
  }
  if (text.slice(from, end).trim() !== '') blocks.push({ kind: 'paragraph', start: from, end });
  return blocks;
}

/**
 * The blocks of a document in order, with text that lies between them (or all of it, when there are none) as
 * paragraphs, so that every word is in a block. The first starts at 0; blocks without words are left out.
 */
export function solidBlocks(document: ExtractedDocument): Block[] {
  const { text } = document;
  const solid: Block[] = [];
  let covered = 0;
  for (const block of [...document.blocks].sort((a, b) => a.start - b.start)) {
    const start = Math.max(block.start, covered);
    const end = Math.min(block.end, text.length);
    if (end <= start) continue;
    solid.push(...paragraphs(text, covered, start));
    if (text.slice(start, end).trim() !== '') solid.push({ ...block, start, end });
    covered = end;
  }
  solid.push(...paragraphs(text, covered, text.length));
  const [first] = solid;
  if (first !== undefined) solid[0] = { ...first, start: 0 };
  return solid;
}
