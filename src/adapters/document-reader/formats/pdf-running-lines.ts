import type { PdfLine } from './pdf-lines.ts';

/** How many lines a running head or foot has at most. */
const EDGE_LINES = 2;
/** In sizes of the text: a running head or foot stands at least so far from the rest. */
const EDGE_GAP = 1.7;
/** Fewer pages show no pattern. */
const MIN_PAGES = 3;

/**
 * Drops lines that stand apart at the top or bottom of pages, at the same height and with the same words: on more than
 * half of the pages, or on three with a number in them (a chapter's head), or a bare page number anywhere.
 */
export function withoutRunningLines(pages: readonly (readonly PdfLine[])[]): PdfLine[][] {
  if (pages.length < MIN_PAGES) return pages.map((lines) => [...lines]);
  const seen = new Map<string, number>();
  for (const lines of pages) {
    for (const key of new Set(edges(lines).map(keyOf))) seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const filled = pages.filter((lines) => lines.length > 0).length;
  const isRunning = (line: PdfLine) => {
    const times = seen.get(keyOf(line)) ?? 0;
    if (BARE_NUMBER.test(line.text)) return true;
    return times >= MIN_PAGES && (times * 2 > filled || /\d/u.test(line.text));
  };
  return pages.map((lines) => {
    const running = new Set(edges(lines).filter(isRunning));
    return lines.filter((line) => !running.has(line));
  });
}

/** `12`, `- 12 -`, `xiv`. */
const BARE_NUMBER = /^[\W_]*(?:\d{1,4}|[ivxlc]{1,6})[\W_]*$/u;

/** A header may be drawn after the body, so edges are told by height on the page. */
function edges(lines: readonly PdfLine[]): PdfLine[] {
  const down = [...lines].sort((one, other) => other.y - one.y);
  return [...edge(down), ...edge([...down].reverse())];
}

/** The first lines, up to the first wide gap. */
function edge(lines: readonly PdfLine[]): readonly PdfLine[] {
  for (let count = 1; count <= EDGE_LINES; count++) {
    const [last, next] = [lines[count - 1], lines[count]];
    if (last === undefined) return [];
    if (next === undefined || Math.abs(last.y - next.y) > last.size * EDGE_GAP) return lines.slice(0, count);
  }
  return [];
}

function keyOf(line: PdfLine): string {
  return `${Math.round(line.y / 4)}:${line.text.replace(/\d+/gu, '#')}`;
}
