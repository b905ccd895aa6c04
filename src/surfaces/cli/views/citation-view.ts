import type { CitationView } from '../../../wire/recall.ts';
import type { Look } from '../look.ts';
import { indented, plain } from '../plain-text.ts';
import { placeLine } from './place-view.ts';

const READABLE = 100;

function passage(text: string, look: Look): string[] {
  const lines = indented(text, look.colours ? 0 : 2, Math.min(look.width, READABLE));
  if (look.colours) return lines.map((line) => look.style('bold', look.style('yellow', line)));
  return lines.map((line) => `> ${line.slice(2)}`.trimEnd());
}

function around(text: string, look: Look): string[] {
  return indented(text, 0, Math.min(look.width, READABLE)).map((line) =>
    line === '' ? '' : look.style('dim', line),
  );
}

/** The empty line between two parts of a text, where the text has one. */
function gap(left: string, right: string): string[] {
  const between = `${/\s*$/.exec(left)?.[0] ?? ''}${/^\s*/.exec(right)?.[0] ?? ''}`;
  return between.split('\n').length > 2 ? [''] : [];
}

function inContext(citation: CitationView, look: Look): string[] {
  const [before, text, after] = [plain(citation.before), plain(citation.text), plain(citation.after)];
  return [
    ...(before.trim() === '' ? [] : [...around(before.trim(), look), ...gap(before, text)]),
    ...passage(text.trim(), look),
    ...(after.trim() === '' ? [] : [...gap(text, after), ...around(after.trim(), look)]),
  ];
}

/** A passage in what stands round it: highlighted, or marked with `>` where there are no colours. */
export function citationLines(citation: CitationView, look: Look): string[] {
  const { place } = citation;
  const range = place.start === undefined ? '' : `characters ${place.start} to ${place.end ?? place.start}`;
  return [
    look.style('bold', placeLine(place)),
    ...(place.documentId === undefined
      ? []
      : [look.style('dim', `document ${place.documentId}  ${range}`.trimEnd())]),
    ...(place.sessionId === undefined ? [] : [look.style('dim', `conversation ${place.sessionId}`)]),
    '',
    ...inContext(citation, look),
  ];
}
