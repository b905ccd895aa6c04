/** The best documents offered so far. */
export interface BestDocs {
  /** Returns the score below which none need be offered; `-Infinity` until the list is full. */
  offer(doc: number, score: number): number;
  /** In no order. */
  docs(): Int32Array;
}

/** A heap whose root is the worst kept, so that most documents cost the caller one comparison with `threshold`. */
interface Heap {
  size: number;
  readonly docs: Int32Array;
  readonly scores: Float64Array;
  readonly ids: readonly string[];
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

/** Puts a document in the place of the worst, if it is better. */
function replaceWorst(heap: Heap, doc: number, score: number): void {
  const { docs, scores, ids } = heap;
  const worst = scores[0] as number;
  if (score < worst || (score === worst && (ids[doc] as string) > (ids[docs[0] as number] as string))) return;
  docs[0] = doc;
  scores[0] = score;
  siftDown(heap);
}

function offer(heap: Heap, doc: number, score: number): number {
  const { docs, scores } = heap;
  if (docs.length === 0) return Infinity;
  if (heap.size === docs.length) {
    replaceWorst(heap, doc, score);
  } else {
    docs[heap.size] = doc;
    scores[heap.size] = score;
    siftUp(heap, heap.size++);
  }
  return heap.size === docs.length ? (scores[0] as number) : -Infinity;
}

/** Keeps the `limit` documents with the highest scores; of equal scores those with the first ids. */
export function bestDocs(limit: number, ids: readonly string[]): BestDocs {
  const heap: Heap = { size: 0, docs: new Int32Array(limit), scores: new Float64Array(limit), ids };
  return {
    offer: (doc, score) => offer(heap, doc, score),
    docs: () => heap.docs.subarray(0, heap.size),
  };
}

/** Sorts documents in place by their scores (a list by document), best first; equal scores by id. */
export function sortByScore(docs: Int32Array, scores: Float64Array, ids: readonly string[]): Int32Array {
  return docs.sort((a, b) => {
    const difference = (scores[b] as number) - (scores[a] as number);
    if (difference !== 0) return difference;
    return (ids[a] as string) < (ids[b] as string) ? -1 : 1;
  });
}
