const CUTS = [1, 5, 10, 20, 50] as const;

/** Fractions of one question, or their means over many. */
export type Measures = Readonly<Record<`recall@${(typeof CUTS)[number]}` | 'mrr' | 'ndcg@10', number>>;

export const MEASURE_NAMES = [
  'recall@1',
  'recall@5',
  'recall@10',
  'recall@20',
  'recall@50',
  'mrr',
  'ndcg@10',
] as const satisfies readonly (keyof Measures)[];

function recallAt(ranked: readonly string[], gold: ReadonlySet<string>, cut: number): number {
  return ranked.slice(0, cut).filter((id) => gold.has(id)).length / gold.size;
}

/** Binary gain, discount log2(rank + 1), ideal = all gold first (Järvelin and Kekäläinen 2002). */
function ndcgAt10(ranked: readonly string[], gold: ReadonlySet<string>): number {
  const gain = (rank: number) => 1 / Math.log2(rank + 2);
  const found = ranked.slice(0, 10).reduce((sum, id, rank) => sum + (gold.has(id) ? gain(rank) : 0), 0);
  let ideal = 0;
  for (let rank = 0; rank < Math.min(gold.size, 10); rank++) ideal += gain(rank);
  return found / ideal;
}

/** Measures of one question; `ranked` best first without repeats, `gold` not empty. */
export function measure(ranked: readonly string[], goldIds: readonly string[]): Measures {
  const gold = new Set(goldIds);
  const first = ranked.findIndex((id) => gold.has(id));
  return {
    'recall@1': recallAt(ranked, gold, 1),
    'recall@5': recallAt(ranked, gold, 5),
    'recall@10': recallAt(ranked, gold, 10),
    'recall@20': recallAt(ranked, gold, 20),
    'recall@50': recallAt(ranked, gold, 50),
    mrr: first === -1 ? 0 : 1 / (first + 1),
    'ndcg@10': ndcgAt10(ranked, gold),
  };
}

/** Means of each measure; of nothing, all 0. */
export function mean(all: readonly Measures[]): Measures {
  const meanOf = (name: keyof Measures) =>
    all.length === 0 ? 0 : all.reduce((sum, one) => sum + one[name], 0) / all.length;
  return Object.fromEntries(MEASURE_NAMES.map((name) => [name, meanOf(name)])) as Measures;
}
