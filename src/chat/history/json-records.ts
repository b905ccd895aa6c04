import { AppError } from '../../core/errors.ts';

/** How the records of a file stand in it: a JSON array of them (or a single one), or one a line. */
export type Container = 'json' | 'jsonl';

/** A record larger than this is no conversation of a person. */
const MOST_CHARACTERS = 128 * 2 ** 20;

/** A record as JSON text, and its place: the line of a file of lines, else the number of the element; from 1. */
export interface RawRecord {
  readonly json: string;
  readonly number: number;
}

/** Collects the pieces of a record that reaches over several reads. */
function collector() {
  let pieces: string[] = [];
  let length = 0;
  return {
    add(piece: string) {
      length += piece.length;
      if (length > MOST_CHARACTERS)
        throw new AppError('too-large', 'Expected conversations below 128 MB each, got a larger one.');
      pieces.push(piece);
    },
    take(): string {
      const text = pieces.join('').trim();
      pieces = [];
      length = 0;
      return text;
    },
  };
}

/** Text pieces in, complete records out. */
interface Splitter {
  feed(text: string): Iterable<RawRecord>;
  end(): Iterable<RawRecord>;
}

function lineSplitter(): Splitter {
  const pending = collector();
  let number = 0;
  function* line(): Iterable<RawRecord> {
    const json = pending.take();
    number++;
    if (json !== '') yield { json, number };
  }
  return {
    *feed(text) {
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        pending.add(text.slice(start, end));
        start = end + 1;
        yield* line();
      }
      pending.add(text.slice(start));
    },
    end: line,
  };
}

/** Cuts a JSON array into its elements without parsing them, in one pass, whatever the pieces' borders. */
function arraySplitter(): Splitter {
  const pending = collector();
  let number = 0;
  function* element(): Iterable<RawRecord> {
    const json = pending.take();
    if (json !== '') yield { json, number: ++number };
  }
  const outside = /["{}[\],]/gu;
  const inside = /["\\]/gu;
  let depth = 0;
  let inString = false;
  let escaped = false;

  /** Handles one mark; true when it ends an element of the outermost array. */
  const step = (mark: string): boolean => {
    if (mark === '"') inString = true;
    else if (mark === '{' || mark === '[') depth++;
    else if (mark === ',') return depth === 1;
    else return --depth === 0;
    return false;
  };
  const nextMark = (text: string, from: number): number => {
    const pattern = inString ? inside : outside;
    pattern.lastIndex = from;
    return pattern.exec(text)?.index ?? -1;
  };

  return {
    *feed(text) {
      if (text === '') return;
      let start = 0;
      let from = escaped ? 1 : 0;
      escaped = false;
      for (let at = nextMark(text, from); at >= 0; at = nextMark(text, from)) {
        const mark = text[at] ?? '';
        from = at + 1;
        if (inString) {
          if (mark === '"') inString = false;
          else if (from === text.length) escaped = true;
          else from++;
        } else if (depth === 0 && mark === '[') {
          depth = 1;
          start = from;
        } else if (step(mark)) {
          pending.add(text.slice(start, at));
          start = from;
          yield* element();
        }
      }
      pending.add(text.slice(start));
    },
    end: element,
  };
}

/** A single object instead of an array: the whole file is the record. */
function wholeSplitter(): Splitter {
  const pending = collector();
  return {
    feed(text) {
      pending.add(text);
      return [];
    },
    *end() {
      const json = pending.take();
      if (json !== '') yield { json, number: 1 };
    },
  };
}

function splitterFor(container: Container, head: string): Splitter {
  if (container === 'jsonl') return lineSplitter();
  return head.startsWith('[') ? arraySplitter() : wholeSplitter();
}

/**
 * The records of a file as JSON texts with their numbers, in order, without holding more than one of them. `bytes` are UTF-8, with or
 * without a mark; damaged ones become U+FFFD. A cut-off file gives its last record as far as it goes. Throws
 * `too-large` for a record above 128 million characters.
 */
export async function* jsonRecords(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  container: Container,
): AsyncIterable<RawRecord> {
  const decoder = new TextDecoder();
  let splitter: Splitter | undefined;
  for await (const piece of bytes) {
    let text = decoder.decode(piece, { stream: true });
    if (!splitter) {
      text = text.trimStart();
      if (text === '') continue;
      splitter = splitterFor(container, text);
    }
    yield* splitter.feed(text);
  }
  const rest = decoder.decode();
  if (splitter && rest !== '') yield* splitter.feed(rest);
  if (splitter) yield* splitter.end();
}
