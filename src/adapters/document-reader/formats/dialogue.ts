import type { Block } from '../../../ports/document-reader.ts';

/** `Name: text`, with the time a messenger's export puts before it: `[12.03.24, 10:15] Name: text`. */
const TURN =
  /^(?:\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AP]M)?\]?\s*(?:-\s)?)?(\p{Lu}[\p{L}\p{M}\d .'’-]{0,30}):\s+\S/u;

/**
 * The turns of a text that is a conversation line by line: at least four turns, three in five lines begin one, and
 * speakers come back (each two times on average). Otherwise none. A turn lasts until the next begins.
 */
export function dialogueTurns(text: string): Block[] {
  const starts: number[] = [];
  const speakers = new Set<string>();
  let lines = 0;
  let offset = 0;
  for (const line of text.split('\n')) {
    const speaker = TURN.exec(line)?.[1];
    if (line.trim() !== '') lines++;
    if (speaker !== undefined) {
      starts.push(offset);
      speakers.add(speaker);
    }
    offset += line.length + 1;
  }
  const regular = starts.length >= 4 && starts.length >= lines * 0.6 && starts.length >= speakers.size * 2;
  return regular && speakers.size > 1 ? turnBlocks(text, starts) : [];
}

function turnBlocks(text: string, starts: readonly number[]): Block[] {
  const blocks: Block[] = [];
  const before = text.slice(0, starts[0]).trimEnd();
  if (before.trim() !== '')
    blocks.push({ kind: 'paragraph', start: before.search(/\S/u), end: before.length });
  for (const [index, start] of starts.entries()) {
    const turn = text.slice(start, starts[index + 1]).trimEnd();
    blocks.push({ kind: 'turn', start, end: start + turn.length });
  }
  return blocks;
}
