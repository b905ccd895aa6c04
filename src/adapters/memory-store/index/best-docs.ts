/** The best documents offered so far. */
export interface BestDocs {
  /** Returns the score below which none need be offered; `-Infinity` until the list is full. */
  offer(doc: number, score: number): number;
  /** Best first, equal scores by id. */
  sorted(): Ranked[];
}

export interface Ranked {
  readonly doc: number;
  readonly score: number;
}

/** A heap whose root is the worst kept, so that most documents cost the caller one comparison with `threshold`. */
interface Heap {
  size: number;
  readonly docs: Int32Array;
  readonly scores: Float64Array;
  readonly ids: readonly string[];
}

/** Whether the first is worse: a lower score, or the same and a later id. */
function isWorse(ids: readonly string[], a: Ranked, b: Ranked): boolean {
  return a.score < b.score || (a.score === b.score && (ids[a.doc] as string) > (ids[b.doc] as string));
}

function entryIsWorse({ docs, scores, ids }: Heap, a: number, b: number): boolean {
  const difference = (scores[a] as number) - (scores[b] as number);
  if (difference !== 0) return difference < 0;
  return (ids[docs[a] as number] as string) > (ids[docs[b] as number] as string);
}

function swap({ docs, scores }: Heap, a: number, b: number): void {
  const [doc, score] = [docs[a] as number, scores[a] as number];
  docs[a] = docs[b] as number;
  scores[a] = scores[b] as number;
  docs[b] = doc;
  scores[b] = score;
}

function siftUp(heap: Heap, start: number): void {
  let at = start;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!entryIsWorse(heap, at, parent)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function siftDown(heap: Heap): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.size) return;
    const right = left + 1;
    const worst = right < heap.size && entryIsWorse(heap, right, left) ? right : left;
    if (!entryIsWorse(heap, worst, at)) return;
    swap(heap, at, worst);
    at = worst;
  }
}

function offer(heap: Heap, doc: number, score: number): number {
  const { docs, scores, ids } = heap;
  if (heap.size < docs.length) {
    docs[heap.size] = doc;
    scores[heap.size] = score;
    siftUp(heap, heap.size++);
  } else {
    const worst = { doc: docs[0] ?? 0, score: scores[0] ?? Infinity };
    if (!isWorse(ids, worst, { doc, score })) return worst.score;
    docs[0] = doc;
    scores[0] = score;
    siftDown(heap);
  }
  return heap.size === docs.length ? (scores[0] as number) : -Infinity;
}

/** Keeps the `limit` documents with the highest scores; equal scores are told apart by id. */
export function bestDocs(limit: number, ids: readonly string[]): BestDocs {
  const heap: Heap = {
    size: 0,
    docs: new Int32Array(limit),
    scores: new Float64Array(limit),
    ids,
  };
  return {
    offer: (doc, score) => offer(heap, doc, score),
    sorted: () =>
      sortedByScore(
        Array.from(heap.docs.subarray(0, heap.size), (doc, at) => ({
          doc,
          score: heap.scores[at] as number,
        })),
        ids,
      ),
  };
}

/** Sorts in place: best first, equal scores by id. */
export function sortedByScore(ranked: Ranked[], ids: readonly string[]): Ranked[] {
  return ranked.sort((a, b) => (isWorse(ids, a, b) ? 1 : -1));
}
