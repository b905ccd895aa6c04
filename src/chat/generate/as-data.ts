/** The brackets of our delimiters. */
const OPEN = '⟦';
const CLOSE = '⟧';

/** Our brackets, and those a reader could take for them. */
const OPENING = /[⟦〚⦋⦍⦏⟬]/gu;
const CLOSING = /[⟧〛⦌⦎⦐⟭]/gu;

/**
 * What no person sees and a model may obey: controls, zero-width blanks, overrides of direction, tag letters, surplus
 * variation selectors. Tab and line feed stay, and what scripts and emoji need: joiners, Arabic number signs.
 */
const HIDDEN = /[[\p{Cc}\p{Cf}\u{E0100}-\u{E01EF}]--[\t\n\p{Join_Control}\u0600-\u0605\u06DD]]/gv;

/** How templates of models mark turns: `<|im_start|>`, `<start_of_turn>`, `[INST]`, `<<SYS>>`, `</s>`. */
const TURN_MARKS = /<(?=\||\/?(?:start_of_turn|end_of_turn|s|bos|eos|system)>|<\/?SYS>)|\[(?=\/?INST\])/giu;

/**
 * Text of somebody else as it may stand in a prompt: nothing hidden, no mark of a turn, and none of the brackets that our
 * delimiters are made of. So no text can end its own entry, begin another or pass for a rule.
 */
export function asData(text: string): string {
  return text
    .replaceAll(HIDDEN, '')
    .replaceAll(OPENING, '[[')
    .replaceAll(CLOSING, ']]')
    .replaceAll(TURN_MARKS, '$& ');
}

/** The same on one line without the dot between the words of a delimiter, for names. */
export function asDataLine(text: string): string {
  return asData(text)
    .replaceAll(/[\s·]+/gu, ' ')
    .trim();
}

/** A delimiter, such as `⟦end of 3⟧`; words that are not ours must have gone through `asDataLine`. */
export function delimiter(...words: readonly string[]): string {
  return `${OPEN}${words.join(' · ')}${CLOSE}`;
}
