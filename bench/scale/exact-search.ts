import { dot } from '../../src/core/vectors.ts';
import type { ScaleVectors } from './scale-vectors.ts';

interface Near {
  readonly number: number;
  readonly cosine: number;
}

/** Numbers of the `k` items among the first `items` that truly are nearest to each of the first `questions`, best first. */
export function nearestItems(
  vectors: ScaleVectors,
  { items, questions, k }: { readonly items: number; readonly questions: number; readonly k: number },
): number[][] {
  const wanted = Array.from({ length: questions }, (_, number) => vectors.question(number));
  const best = wanted.map((): Near[] => []);
  for (let number = 0; number < items; number++) {
    const vector = vectors.item(number);
    for (const [place, question] of wanted.entries()) {
      const near = best[place] as Near[];
      const cosine = dot(question, vector);
      if (near.length === k && cosine <= (near.at(-1)?.cosine ?? -1)) continue;
      const before = near.findIndex((one) => one.cosine < cosine);
      near.splice(before < 0 ? near.length : before, 0, { number, cosine });
      if (near.length > k) near.pop();
    }
  }
  return best.map((near) => near.map(({ number }) => number));
}
