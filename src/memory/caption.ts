/** How a picture's caption stands in the text of an item: on the last line, after what was said. */
const PICTURE = /(?:^|\n)\[picture: ([^\n]*)\]$/u;

/** What was said with what its picture shows, as one text for readers; offsets into `text` stay valid. */
export function withCaption(text: string, caption: string | undefined): string {
  if (caption === undefined) return text;
  const line = `[picture: ${caption.replaceAll(/\s+/gu, ' ').trim()}]`;
  return text === '' ? line : `${text}\n${line}`;
}

/** Undoes `withCaption` (white space inside the caption is single blanks then). */
export function splitCaption(text: string): { readonly text: string; readonly caption?: string } {
  const caption = PICTURE.exec(text);
  return caption ? { text: text.slice(0, caption.index), caption: caption[1] ?? '' } : { text };
}
