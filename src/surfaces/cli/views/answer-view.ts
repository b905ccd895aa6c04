import type { Answer, Citation } from '../../../wire/sessions.ts';
import type { Look } from '../look.ts';
import { indented, oneLine, plain, truncate } from '../plain-text.ts';
import { placeLine } from './place-view.ts';

/** A width that is pleasant to read, even on a wide terminal; a pipe gets whole lines. */
const READABLE = 100;

/** One entry for each passage, with all the numbers that stand for it. */
function citationLines(citations: readonly Citation[], look: Look): string[] {
  const byItem = Map.groupBy(citations, ({ itemId }) => itemId);
  return [...byItem].flatMap(([itemId, [first, ...others]]) => {
    if (first === undefined) return [];
    const numbers = [first, ...others].map(({ marker }) => `[${marker}]`).join(' ');
    return [`${look.style('cyan', numbers)} ${placeLine(first.place)}`, `    ${look.style('dim', itemId)}`];
  });
}

/** What came nearest when nothing was found. */
function nearestList(answer: Answer, look: Look): string[] {
  if (answer.nearest.length === 0) return [];
  return [
    look.style('dim', 'Nearest in memory:'),
    ...answer.nearest
      .slice(0, 3)
      .flatMap((hit) => [
        `  ${placeLine(hit.place)}`,
        ...indented(truncate(oneLine(hit.text), 160), 4, Math.min(look.width, READABLE)),
        `    ${look.style('dim', hit.id)}`,
      ]),
  ];
}

/** Says that a model should have answered. */
function fallbackNote({ fellBack }: Answer, look: Look): string[] {
  if (fellBack === undefined) return [];
  return [
    '',
    look.style(
      'dim',
      `The model did not answer (${fellBack}); these are quotes from memory. Try it: jiwa models test`,
    ),
  ];
}

/** What stands under the text of an answer. */
export function answerFoot(answer: Answer, look: Look): string[] {
  const foot =
    answer.kind === 'nothing-found' ? nearestList(answer, look) : citationLines(answer.citations, look);
  return [...(foot.length === 0 ? [] : ['', ...foot]), ...fallbackNote(answer, look)];
}

/** An answer with its citations, or with what came nearest. */
export function answerLines(answer: Answer, look: Look): string[] {
  return [...indented(plain(answer.text), 0, Math.min(look.width, READABLE)), ...answerFoot(answer, look)];
}
