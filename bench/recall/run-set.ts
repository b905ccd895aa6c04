import { bindRecall } from '../../src/app/recall.ts';
import { openBenchOwner, type BenchOwner } from '../product/bench-product.ts';
import { remember, type NameOf } from '../product/remember.ts';
import type { BenchGroup, BenchQuery, BenchSet } from './bench-set.ts';
import { measure, type Measures } from './measures.ts';

/** What one question gave. */
export interface QueryOutcome {
  readonly group: string;
  readonly query: BenchQuery;
  readonly measures: Measures;
  /** From the call of recall to its result, the question's vector included. */
  readonly ms: number;
}

/** recall@50 needs 50 turns, or chunks of 50 documents; the budget must not cut the order that is measured. */
const LIMIT = 100;
const TOKEN_BUDGET = 100_000;
const DAY_MS = 86_400_000;

/** The day after the last turn: relative times in questions are meant from there. */
export function askedAt({ turns }: BenchGroup): number | undefined {
  return turns.length === 0 ? undefined : turns.reduce((last, { time }) => Math.max(last, time), 0) + DAY_MS;
}

type Recall = ReturnType<typeof bindRecall>;

/** What one question gave, with the ids of all hits, best first. */
export type Asked = Pick<QueryOutcome, 'measures' | 'ms'> & { readonly ids: readonly string[] };

export async function askOne(
  query: BenchQuery,
  recall: Recall,
  nameOf: NameOf,
  ctx: ReturnType<BenchOwner['ctx']>,
): Promise<Asked> {
  const startedAt = performance.now();
  const { hits } = await recall(
    { question: query.question, filter: {}, limit: LIMIT, tokenBudget: TOKEN_BUDGET, neighbours: 1 },
    ctx,
  );
  const ms = performance.now() - startedAt;
  const names = hits.flatMap((hit) => nameOf({ id: hit.id, documentId: hit.place.documentId }) ?? []);
  return { measures: measure([...new Set(names)], query.gold), ms, ids: hits.map(({ id }) => id) };
}

async function runGroup(group: BenchGroup, queries: readonly BenchQuery[]): Promise<QueryOutcome[]> {
  const owner = await openBenchOwner();
  try {
    const nameOf = await remember(group, owner);
    const recall = bindRecall(owner.services, owner.embedders);
    const ctx = owner.ctx(askedAt(group));
    const warm = queries[0];
    if (warm !== undefined) await askOne({ ...warm, question: 'What do you know?' }, recall, nameOf, ctx);
    const outcomes: QueryOutcome[] = [];
    for (const query of queries)
      outcomes.push({ group: group.name, query, ...(await askOne(query, recall, nameOf, ctx)) });
    return outcomes;
  } finally {
    await owner.close();
  }
}

/**
 * Runs a set through the product: each group is an owner of its own, taken in and asked with default settings.
 * Questions without gold are left out; `limit` keeps the first ones of each group.
 */
export async function runSet(
  set: BenchSet,
  {
    limit = Infinity,
    onGroup,
  }: { readonly limit?: number | undefined; readonly onGroup?: (group: string) => void },
): Promise<QueryOutcome[]> {
  const outcomes: QueryOutcome[] = [];
  for (const group of set.groups) {
    onGroup?.(group.name);
    const queries = group.queries.filter(({ gold }) => gold.length > 0).slice(0, limit);
    if (queries.length > 0) outcomes.push(...(await runGroup(group, queries)));
  }
  return outcomes;
}
