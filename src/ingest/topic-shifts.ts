/** Sentences on each side of a gap that are compared. */
const WINDOW = 6;
/** Words of at least this length carry the topic; shorter ones are mostly grammar, in every language with spaces. */
const TOPIC_WORD = /[\p{L}\p{N}]{4,}/gu;
/** Cutting words to their first letters is a stemmer good enough to see that two passages speak of the same thing. */
const STEM_LENGTH = 6;

function topicWords(text: string, ids: Map<string, number>): number[] {
  const words: number[] = [];
  for (const [word] of text.toLowerCase().matchAll(TOPIC_WORD)) {
    const stem = word.slice(0, STEM_LENGTH);
    let id = ids.get(stem);
    if (id === undefined) {
      id = ids.size;
      ids.set(stem, id);
    }
    words.push(id);
  }
  return words;
}

/** Word counts of the window on one side; length and product with the other side are kept up as words come and go. */
function cohesion(sides: readonly (readonly number[])[], vocabulary: number): number[] {
  const left = new Int32Array(vocabulary);
  const right = new Int32Array(vocabulary);
  let product = 0;
  let leftNorm = 0;
  let rightNorm = 0;
  const shift = (words: readonly number[] | undefined, side: Int32Array, sign: 1 | -1) => {
    for (const id of words ?? []) {
      const count = side[id] ?? 0;
      const change = sign * 2 * count + 1;
      if (side === left) {
        leftNorm += change;
        product += sign * (right[id] ?? 0);
      } else {
        rightNorm += change;
        product += sign * (left[id] ?? 0);
      }
      side[id] = count + sign;
    }
  };
  for (let i = 0; i < WINDOW; i++) shift(sides[i], right, 1);
  const values: number[] = [];
  for (let gap = 0; gap < sides.length; gap++) {
    values.push(leftNorm > 0 && rightNorm > 0 ? product / Math.sqrt(leftNorm * rightNorm) : 0);
    shift(sides[gap], right, -1);
    shift(sides[gap + WINDOW], right, 1);
    shift(sides[gap], left, 1);
    shift(sides[gap - WINDOW], left, -1);
  }
  return values;
}

/** The highest value reached by walking from `from` while values do not fall. */
function climb(values: readonly number[], from: number, step: 1 | -1): number {
  let best = values[from] ?? 0;
  for (let i = from + step; i > 0 && i < values.length; i += step) {
    const value = values[i] ?? 0;
    if (value < best) break;
    best = value;
  }
  return best;
}

/**
 * How deep the cohesion of the text dips before each piece, 0 (none) to 2: the depth score of TextTiling (Hearst,
 * "TextTiling: Segmenting Text into Multi-Paragraph Subtopic Passages", Computational Linguistics 23(1), 1997) with
 * the cosine of word counts of up to six pieces on each side. The first piece has 0.
 */
export function topicShifts(pieces: readonly string[]): number[] {
  const ids = new Map<string, number>();
  const words = pieces.map((piece) => topicWords(piece, ids));
  const values = cohesion(words, ids.size);
  return values.map((value, gap) =>
    gap === 0 ? 0 : climb(values, gap, -1) + climb(values, gap, 1) - 2 * value,
  );
}
