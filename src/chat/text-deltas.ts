/** About so many characters go out at once, cut at a blank. */
const DELTA = 80;

/** A text in pieces that joined are the text, always cut alike. */
export function* textDeltas(text: string): Iterable<string> {
  for (const [piece] of text.matchAll(new RegExp(String.raw`[\s\S]{1,${DELTA}}(?:\s|$)|\S+`, 'gu')))
    yield piece;
}
