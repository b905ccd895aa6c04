/** What a model writes, told apart: text, and markers of what it cites. */
export type Written =
  | { readonly kind: 'text'; readonly text: string }
  /** `[2]` or `[1, 4]`, with the blanks before it. */
  | { readonly kind: 'marker'; readonly blanks: string; readonly numbers: readonly number[] };

export interface MarkerReader {
  /** Takes the next piece and gives what is certain by now; at most the beginning of a marker is held back. */
  read(piece: string): Written[];
  /** Gives what was held back. */
  end(): Written[];
}

/** A marker, or what decides where none is looked for: fences and code spans. A link's text is no marker. */
const SIGN = /`+|\n|(?<blanks>[ \t]*)\[(?<numbers>\d{1,3}(?:, ?\d{1,3}){0,9})\](?!\()/gu;
/** An end that more text may make a sign; the longest marker has 60 characters. */
const UNDECIDED = /(?:`+|[ \t]{1,8}|[ \t]{0,8}\[(?:\d[\d, ]{0,58}\]?)?)$/u;

type Place = 'prose' | 'code' | 'fence';

/** Where one is after a sign of code. */
function after(sign: string, place: Place): Place {
  if (sign.length > 2) return place === 'fence' ? 'prose' : 'fence';
  if (place === 'fence') return place;
  if (sign !== '\n') return place === 'code' ? 'prose' : 'code';
  return 'prose';
}

/** Finds the markers in a stream, wherever it is cut. In code there are none. */
export function markerReader(): MarkerReader {
  let held = '';
  let place: Place = 'prose';

  const decided = (text: string): Written[] => {
    const written: Written[] = [];
    let plainFrom = 0;
    for (const found of text.matchAll(SIGN)) {
      const { blanks = '', numbers } = found.groups ?? {};
      if (numbers === undefined) {
        place = after(found[0], place);
      } else if (place === 'prose') {
        if (found.index > plainFrom) written.push({ kind: 'text', text: text.slice(plainFrom, found.index) });
        written.push({ kind: 'marker', blanks, numbers: numbers.split(',').map(Number) });
        plainFrom = found.index + found[0].length;
      }
    }
    if (plainFrom < text.length) written.push({ kind: 'text', text: text.slice(plainFrom) });
    return written;
  };

  return {
    read(piece) {
      const text = held + piece;
      held = UNDECIDED.exec(text)?.[0] ?? '';
      return decided(text.slice(0, text.length - held.length));
    },
    end() {
      const rest = held;
      held = '';
      return decided(rest);
    },
  };
}
