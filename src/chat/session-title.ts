const MAX_TITLE = 80;

/** A title from what was said first: its first words, at most 80 characters, cut at a word where there is one. */
export function titleFrom(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  if (line.length <= MAX_TITLE) return line;
  const blank = line.lastIndexOf(' ', MAX_TITLE - 1);
  const whole = line.slice(0, blank > MAX_TITLE / 2 ? blank : MAX_TITLE - 1);
  return `${whole.replace(/[\uD800-\uDBFF]$/u, '')}…`;
}
