import { bootstrapInterval } from './bootstrap.ts';
import { groupBy } from './conversation-sets.ts';
import { mean, MEASURE_NAMES, type Measures } from './measures.ts';
import type { QueryOutcome } from './run-set.ts';

/** The JSON of `bench recall --json`; fractions, questions without gold left out. */
export interface RecallReport {
  readonly set: string;
  readonly queries: number;
  readonly overall: Measures;
  /** Mean over the categories. */
  readonly macro: Measures;
  readonly categories: Readonly<Record<string, Measures>>;
  readonly ms: { readonly p50: number; readonly p95: number };
}

/** Value below which a share of the values lies (nearest rank); 0 of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

const measuresOf = (outcomes: readonly QueryOutcome[]) => outcomes.map(({ measures }) => measures);

/** Figures of a run. */
export function report(set: string, outcomes: readonly QueryOutcome[]): RecallReport {
  const byCategory = groupBy(outcomes, ({ query }) => query.category);
  const categories = [...byCategory].map(([name, some]) => [name, mean(measuresOf(some))] as const);
  const ms = outcomes.map((outcome) => outcome.ms);
  const rounded = (share: number) => Math.round(percentile(ms, share) * 100) / 100;
  return {
    set,
    queries: outcomes.length,
    overall: mean(measuresOf(outcomes)),
    macro: mean(categories.map(([, measures]) => measures)),
    categories: Object.fromEntries(categories),
    ms: { p50: rounded(0.5), p95: rounded(0.95) },
  };
}

const percent = (fraction: number) => (fraction * 100).toFixed(1).padStart(6);

function row(name: string, queries: number, measures: Measures): string {
  const figures = MEASURE_NAMES.map((measure) => percent(measures[measure]).padStart(10));
  return `${name.padEnd(26)}${String(queries).padStart(6)}${figures.join('')}`;
}

/** A table for people, in percent, with 95 % bootstrap intervals of nDCG@10 and recall@10. */
export function table(outcomes: readonly QueryOutcome[], figures: RecallReport): string {
  const head = `${figures.set.padEnd(26)}${'n'.padStart(6)}${MEASURE_NAMES.map((name) => name.padStart(10)).join('')}`;
  const counts = groupBy(outcomes, ({ query }) => query.category);
  const interval = (name: 'ndcg@10' | 'recall@10') => {
    const { low, high } = bootstrapInterval(outcomes.map(({ measures }) => measures[name]));
    return `${name} ${percent(figures.overall[name]).trim()} (95 % ${percent(low).trim()}–${percent(high).trim()})`;
  };
  return [
    head,
    ...Object.entries(figures.categories).map(([name, measures]) =>
      row(`  ${name}`, counts.get(name)?.length ?? 0, measures),
    ),
    row('mean of categories', figures.queries, figures.macro),
    row('all questions', figures.queries, figures.overall),
    '',
    `${interval('ndcg@10')}   ${interval('recall@10')}`,
    `recall takes ${figures.ms.p50} ms (p50), ${figures.ms.p95} ms (p95), the question's vector included`,
  ].join('\n');
}
