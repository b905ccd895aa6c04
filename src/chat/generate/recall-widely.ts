import type { Ctx } from '../../core/context.ts';
import { QUOTING_TAG } from '../../memory/message-items.ts';
import type { Hit, RecallFilter, RecallResult } from '../../wire/recall.ts';
import { passagesOf } from '../answer/passages.ts';
import type { Recall } from '../chat-deps.ts';

export interface WideRecall {
  /** The question first, then what else is searched for. */
  readonly questions: readonly string[];
  readonly filter: RecallFilter;
  readonly excludeSources: readonly string[];
  readonly limit: number;
}

/** Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009) with the constant of its authors. */
const FUSION = 60;
/** Long texts are shortened when the prompt is made, not left out here. */
const TOKENS = 100_000;
/** A question longer than this says no more of what is wanted. */
const LONGEST_QUESTION = 10_000;

/** The lists as one, best first: what stands high in several comes before what stands high in one. */
export function fused(lists: readonly (readonly Hit[])[]): Hit[] {
  const hits = new Map<string, { readonly hit: Hit; score: number }>();
  for (const list of lists) {
    list.forEach((hit, index) => {
      const known = hits.get(hit.id) ?? { hit, score: 0 };
      known.score += 1 / (FUSION + index + 1);
      hits.set(hit.id, known);
    });
  }
  return [...hits.values()].sort((a, b) => b.score - a.score).map(({ hit }) => hit);
}

/** Earlier questions and answers take places that are given to others then. */
const SPARE = 1.5;

/** A longer message tells something beside what it asks. */
const LONGEST_ASKED = 600;

/** What the person asked before says nothing. */
function onlyAsks(hit: Hit): boolean {
  return hit.place.role === 'user' && hit.text.length <= LONGEST_ASKED && passagesOf([hit]).length === 0;
}

/** Earlier questions and answers that cite are no evidence, unless it is asked what was answered. */
function evidenceOf({ hits, reading }: RecallResult): Hit[] {
  if (reading.asksAssistant) return hits;
  return hits.filter((hit) => !hit.tags.includes(QUOTING_TAG) && !onlyAsks(hit));
}

/** Recall for several questions at once; how the first one was read is told. */
export async function recallWidely(
  { questions, filter, excludeSources, limit }: WideRecall,
  recall: Recall,
  ctx: Ctx,
): Promise<Pick<RecallResult, 'hits' | 'reading' | 'meaning'>> {
  const common = {
    filter,
    excludeSources,
    limit: Math.ceil(limit * SPARE),
    tokenBudget: TOKENS,
    neighbours: 1,
  };
  const ask = (text: string) => recall({ ...common, question: text.slice(0, LONGEST_QUESTION) }, ctx);
  const [first = '', ...others] = questions;
  const [result, ...more] = await Promise.all([ask(first), ...others.map(ask)]);
  const lists = [result, ...more].map(evidenceOf);
  return { ...result, hits: fused(lists).slice(0, limit) };
}
