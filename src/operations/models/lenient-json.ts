/**
 * Reads the JSON that begins at a place of a text, the way models get it wrong: single or curly quotes, words as keys,
 * comments, commas too many or too few, `None`, an end that is missing. Gives `undefined` where nothing can be read.
 */
export function readLeniently(text: string, from = 0): unknown {
  const reader: Reader = { text, at: from, depth: 0 };
  const value = readValue(reader);
  return value === NOTHING ? undefined : value;
}

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
}

const NOTHING = Symbol('nothing');
/** Deeper is no answer to anything that was asked. */
const DEEPEST = 100;

const BLANK = /(?:\s|\uFEFF|\/\/[^\n]*|\/\*[^]*?\*\/|#[^\n]*)+/y;
const NUMBER = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$-]*/uy;
const CLOSING = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
  ['«', '»'],
]);
const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
  null: null,
  None: null,
  NULL: null,
  nil: null,
  undefined: null,
  NaN: null,
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '\n': '' };

function take(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0] ?? '';
  reader.at += found.length;
  return found;
}

/** Skips blanks and the given signs; says whether one of the signs was there. */
function skip(reader: Reader, signs: string): boolean {
  let seen = false;
  for (;;) {
    take(reader, BLANK);
    const sign = reader.text[reader.at];
    if (sign === undefined || !signs.includes(sign)) return seen;
    seen = true;
    reader.at += 1;
  }
}

function readValue(reader: Reader): unknown {
  take(reader, BLANK);
  const sign = reader.text[reader.at];
  if (sign === undefined) return NOTHING;
  if (sign === '{' || sign === '[') return readNested(reader, sign);
  const closing = CLOSING.get(sign);
  if (closing !== undefined) return readString(reader, closing);
  const number = take(reader, NUMBER);
  if (number !== '') return Number(number.replaceAll('_', ''));
  const word = take(reader, WORD);
  if (word === '') return NOTHING;
  return Object.hasOwn(WORDS, word) ? WORDS[word] : word;
}

function readNested(reader: Reader, sign: '{' | '['): unknown {
  if (reader.depth >= DEEPEST) return NOTHING;
  reader.depth += 1;
  reader.at += 1;
  const value = sign === '{' ? readObject(reader) : readList(reader);
  reader.depth -= 1;
  return value;
}

function ends(reader: Reader, sign: string): boolean {
  skip(reader, ',;');
  const next = reader.text[reader.at];
  if (next !== undefined && next !== sign) return false;
  reader.at += 1;
  return true;
}

function readList(reader: Reader): unknown {
  const list: unknown[] = [];
  while (!ends(reader, ']')) {
    const value = readValue(reader);
    // Whatever stands here ends the list: it belongs to what is around it.
    if (value === NOTHING) break;
    list.push(value);
  }
  return list;
}

function readObject(reader: Reader): unknown {
  const entries = new Map<string, unknown>();
  while (!ends(reader, '}')) {
    const key = readValue(reader);
    if (typeof key !== 'string' && typeof key !== 'number') break;
    if (!skip(reader, ':=')) break;
    const value = readValue(reader);
    if (value === NOTHING) break;
    entries.set(String(key), value);
  }
  return Object.fromEntries(entries);
}

function readString(reader: Reader, closing: string): string {
  let text = '';
  reader.at += 1;
  for (;;) {
    const sign = reader.text[reader.at];
    reader.at += 1;
    if (sign === undefined) return text;
    if (sign === closing && !goesOn(reader, closing)) return text;
    text += sign === '\\' ? readEscape(reader) : sign;
  }
}

/** A quote inside a text that was not escaped: what follows is more text, not the next part of the object. */
function goesOn({ text, at }: Reader, closing: string): boolean {
  if (closing !== '"' && closing !== "'") return false;
  const rest = text.slice(at, at + 64);
  return !/^\s*(?:[,:;}\]`/#"']|\n|$)/.test(rest) && rest.includes(closing);
}

function readEscape(reader: Reader): string {
  const sign = reader.text[reader.at] ?? '';
  reader.at += 1;
  if (sign !== 'u') return ESCAPES[sign] ?? sign;
  const code = take(reader, /[0-9a-fA-F]{4}/y);
  return code === '' ? 'u' : String.fromCharCode(Number.parseInt(code, 16));
}
