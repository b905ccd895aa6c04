/** The best documents offered so far. */
export interface BestDocs {
  /** Returns the score below which none need be offered; `-Infinity` at first. */
  offer(doc: number, score: number): number;
  /** In no order. */
  docs(): Int32Array;
}

/**
 * More room than documents kept: when it is full, the best are moved to the front and the rest is forgotten. That costs
 * a few steps a document, where a heap costs a few for each of its levels.
 */
interface Kept {
  readonly limit: number;
  readonly ids: readonly string[];
  readonly docs: Int32Array;
  readonly scores: Float64Array;
  size: number;
  threshold: number;
}

const ROOM = 2_048;

/** Below 0 when the entry comes before one of the given score and document: higher score first, then the lower id. */
function order({ docs, scores, ids }: Kept, entry: number, score: number, doc: number): number {
  const difference = score - (scores[entry] as number);
  if (difference !== 0) return difference;
  const [id, other] = [ids[docs[entry] as number], ids[doc]];
  if (id === other || id === undefined || other === undefined) return 0;
  return id < other ? -1 : 1;
}

function swap({ docs, scores }: Kept, a: number, b: number): void {
  const [doc, score] = [docs[a] as number, scores[a] as number];
  docs[a] = docs[b] as number;
  scores[a] = scores[b] as number;
  docs[b] = doc;
  scores[b] = score;
}

/** Hoare's partition of the entries from `low` to `high` around the middle one; returns where the first part ends. */
function partition(kept: Kept, low: number, high: number): number {
  const middle = (low + high) >>> 1;
  const [score, doc] = [kept.scores[middle] as number, kept.docs[middle] as number];
  let [left, right] = [low - 1, high + 1];
  for (;;) {
    do left++;
    while (order(kept, left, score, doc) < 0);
    do right--;
    while (order(kept, right, score, doc) > 0);
    if (left >= right) return right;
    swap(kept, left, right);
  }
}

/** Moves the best `limit` entries to the front (Hoare's selection) and forgets the others. */
function prune(kept: Kept): void {
  const { limit, scores } = kept;
  if (kept.size <= limit) return;
  let [low, high] = [0, kept.size - 1];
  while (low < high) {
    const end = partition(kept, low, high);
    if (end >= limit - 1) high = end;
    else low = end + 1;
  }
  kept.size = limit;
  let worst = Infinity;
  for (let entry = 0; entry < limit; entry++) worst = Math.min(worst, scores[entry] as number);
  kept.threshold = worst;
}

/** Keeps the `limit` documents with the highest scores; of equal scores those with the first ids. */
export function bestDocs(limit: number, ids: readonly string[]): BestDocs {
  const room = limit + Math.max(ROOM, limit);
  const kept: Kept = {
    limit,
    ids,
    docs: new Int32Array(room),
    scores: new Float64Array(room),
    size: 0,
    threshold: -Infinity,
  };
  return {
    offer(doc, score) {
      kept.docs[kept.size] = doc;
      kept.scores[kept.size] = score;
      kept.size++;
      if (kept.size === room) prune(kept);
      return kept.threshold;
    },
    docs() {
      prune(kept);
      return kept.docs.subarray(0, kept.size);
    },
  };
}

/** Sorts documents in place by their scores (a list by document), best first; equal scores by id. */
export function sortByScore(docs: Int32Array, scores: ArrayLike<number>, ids: readonly string[]): Int32Array {
  return docs.sort((a, b) => {
    const difference = (scores[b] as number) - (scores[a] as number);
    if (difference !== 0) return difference;
    return (ids[a] as string) < (ids[b] as string) ? -1 : 1;
  });
}
