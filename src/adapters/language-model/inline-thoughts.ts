const OPEN = '<think>';
const CLOSE = '</think>';

type Piece = { readonly kind: 'text' | 'reasoning'; readonly text: string };

/** Tells the thoughts of an answer from its words, piece by piece. */
export interface InlineThoughts {
  hear(text: string): Piece[];
  /** What was held back because it could have been a mark. */
  rest(): Piece[];
}

/**
 * Some servers leave a model's thoughts in its text, between marks at its very beginning. Marks anywhere else are words
 * of the answer. Space between the thoughts and the answer belongs to neither.
 */
export function inlineThoughts(): InlineThoughts {
  let phase: 'begin' | 'thinking' | 'after' | 'answer' = 'begin';
  let held = '';

  const begin = (): Piece[] => {
    const text = held.trimStart();
    if (OPEN.startsWith(text)) return [];
    phase = text.startsWith(OPEN) ? 'thinking' : 'answer';
    if (phase === 'answer') return take('text', held.length);
    held = text.slice(OPEN.length);
    return think();
  };
  const think = (): Piece[] => {
    const end = held.indexOf(CLOSE);
    if (end < 0) return take('reasoning', held.length - markBegun(held));
    const thoughts = take('reasoning', end);
    held = held.slice(CLOSE.length);
    phase = 'after';
    return [...thoughts, ...after()];
  };
  const after = (): Piece[] => {
    held = held.trimStart();
    if (held !== '') phase = 'answer';
    return take('text', held.length);
  };
  const take = (kind: Piece['kind'], chars: number): Piece[] => {
    const text = held.slice(0, chars);
    held = held.slice(chars);
    return text === '' ? [] : [{ kind, text }];
  };

  return {
    hear(text) {
      held += text;
      if (phase === 'begin') return begin();
      if (phase === 'thinking') return think();
      return phase === 'after' ? after() : take('text', held.length);
    },
    rest: () => take(phase === 'thinking' ? 'reasoning' : 'text', held.length),
  };
}

/** How many characters at the end could be the beginning of the closing mark. */
function markBegun(text: string): number {
  for (let chars = CLOSE.length - 1; chars > 0; chars--)
    if (text.endsWith(CLOSE.slice(0, chars))) return chars;
  return 0;
}
