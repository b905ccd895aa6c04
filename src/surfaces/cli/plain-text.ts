/** Control and direction characters: a file name or a message must not be able to steer the terminal. */
const STEERING = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text made safe for a terminal: control characters go, line breaks and tabs stay. */
export function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(STEERING, (c) => (c === '\n' || c === '\t' ? c : ''));
}

/** The same on one line. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE = /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

function columnsOf(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}

/** How many columns a text takes on a terminal: letters with their marks are one, Han and emoji are two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += columnsOf(segment);
  return width;
}

/** A text cut to a width, ending with … where something was cut. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += columnsOf(segment);
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Lines of at most `width` columns broken at spaces; a longer word keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && displayWidth(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  });
}

/** Lines wrapped and moved to the right. */
export function indented(text: string, indent: number, width: number): string[] {
  const margin = ' '.repeat(indent);
  return wrap(text, Math.max(20, width - indent)).map((line) => `${margin}${line}`.trimEnd());
}
