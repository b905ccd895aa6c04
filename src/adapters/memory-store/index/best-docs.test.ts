import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestDocs, sortByScore } from './best-docs.ts';

test('the best documents are the first of all sorted by score, then id', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
  fc.assert(
    fc.property(scores, fc.integer({ min: 0, max: 20 }), (scores, limit) => {
      const ids = scores.map((_, doc) => `id-${(doc * 7_919) % 1_000}`);
      const best = bestDocs(limit, ids);
      let threshold = -Infinity;
      for (const [doc, score] of scores.entries()) if (score >= threshold) threshold = best.offer(doc, score);
      const all = scores.map((score, doc) => ({ doc, score }));
      const sorted = all.sort(
        (a, b) => b.score - a.score || ((ids[a.doc] ?? '') < (ids[b.doc] ?? '') ? -1 : 1),
      );
      const kept = sortByScore(best.docs(), Float64Array.from(scores), ids);
      expect([...kept]).toEqual(sorted.slice(0, limit).map(({ doc }) => doc));
    }),
  );
});
