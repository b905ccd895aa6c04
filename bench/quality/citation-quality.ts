import { bindRecall } from '../../src/app/recall.ts';
import { answerExtractively } from '../../src/chat/answer/answer-extractively.ts';
import type { BenchGroup, BenchQuery } from '../recall/bench-set.ts';
import { openBenchOwner } from '../product/bench-product.ts';
import { remember } from '../product/remember.ts';
import { percentile } from '../recall/report.ts';

/** A question with the words of its answer, where the set has them. */
export interface CitedQuery extends BenchQuery {
  readonly answer?: string;
}

export interface CitationQuality {
  readonly queries: number;
  /** Share of the questions that were answered at all. */
  readonly answered: number;
  /** Share of the questions with a citation of evidence: a gold document or turn. */
  readonly citesGold: number;
  /** Share of the first citations that are of evidence. */
  readonly firstCitesGold: number;
  /** Of the questions with a known answer: share whose quotes contain it, ignoring case and space. */
  readonly quotesAnswer?: number;
  /** Share of the quotes that stand, word for word, in the item they cite. */
  readonly exactQuotes: number;
  readonly citationsMean: number;
  readonly ms: { readonly p50: number; readonly p95: number };
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[\s\p{P}]+/gu, ' ')
    .trim();
const ratio = (part: number, of: number) => (of === 0 ? 0 : part / of);

/** Answers the questions from the group's memory without a language model and looks at what is cited. */
export async function citationQuality(
  group: BenchGroup,
  queries: readonly CitedQuery[],
): Promise<CitationQuality> {
  const owner = await openBenchOwner();
  try {
    const nameOf = await remember(group, owner);
    const { services, embedders } = owner;
    const ctx = owner.ctx();
    const deps = {
      memory: services.memory,
      recall: bindRecall(services, embedders),
      embedder: () => embedders.active(ctx.ownerId),
    };
    const counts = { answered: 0, gold: 0, first: 0, answers: 0, quoted: 0, citations: 0, exact: 0 };
    const ms: number[] = [];
    for (const { question, gold, answer } of queries) {
      const startedAt = performance.now();
      const { kind, citations } = await answerExtractively({ text: question, filter: {} }, deps, ctx);
      ms.push(performance.now() - startedAt);
      const items = await services.memory.get(
        ctx.ownerId,
        citations.map(({ itemId }) => itemId),
        ctx.signal,
      );
      const texts = await services.texts.read(ctx.ownerId, items, ctx.signal);
      const golden = citations.map(({ itemId, place }) =>
        gold.includes(nameOf({ id: itemId, documentId: place.documentId }) ?? ''),
      );
      if (kind === 'extractive') counts.answered++;
      if (golden.includes(true)) counts.gold++;
      if (golden[0] === true) counts.first++;
      counts.citations += citations.length;
      counts.exact += citations.filter(({ itemId, quote }) => texts.get(itemId)?.includes(quote)).length;
      if (answer === undefined || plain(answer) === '') continue;
      counts.answers++;
      if (plain(citations.map(({ quote }) => quote).join(' ')).includes(plain(answer))) counts.quoted++;
    }
    return {
      queries: queries.length,
      answered: ratio(counts.answered, queries.length),
      citesGold: ratio(counts.gold, queries.length),
      firstCitesGold: ratio(counts.first, queries.length),
      ...(counts.answers === 0 ? {} : { quotesAnswer: ratio(counts.quoted, counts.answers) }),
      exactQuotes: ratio(counts.exact, counts.citations),
      citationsMean: ratio(counts.citations, counts.answered),
      ms: { p50: percentile(ms, 0.5), p95: percentile(ms, 0.95) },
    };
  } finally {
    await owner.close();
  }
}
