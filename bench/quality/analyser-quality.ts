import { BM25, analyse, queryTerms } from '../../src/memory/analyser.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import type { BenchGroup, BenchQuery } from '../recall/bench-set.ts';
import { measure, mean } from '../recall/measures.ts';

/** Words alone, each passage whole: what the analyser gives, before splitting, meaning and ranking. */
export interface AnalyserQuality {
  readonly queries: number;
  readonly 'recall@1': number;
  readonly mrr: number;
  /** Plain text analysed, with detection of its language, in MB of UTF-8 a second, words known and unknown alike. */
  readonly mbPerSecond: number;
}

const OWNER = 'bench';
const ROUNDS = 5;

function speedOf(texts: readonly string[]): number {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) * ROUNDS;
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS; round++) for (const text of texts) analyse(text);
  return bytes / 1_000 / (performance.now() - startedAt);
}

/** Asks the group's questions of its documents by words alone. */
export async function analyserQuality(
  group: BenchGroup,
  queries: readonly BenchQuery[],
): Promise<AnalyserQuality> {
  const { signal } = new AbortController();
  const memory = fakeMemoryStore({ ...BM25, batchItems: group.documents.length });
  const mbPerSecond = speedOf(group.documents.map(({ text }) => text));
  const items = group.documents.map(({ id, text }) =>
    memoryItem({ id, kind: 'chunk', documentId: id, text, terms: analyse(text) }),
  );
  await memory.upsert(OWNER, items, signal);
  const measures = [];
  for (const { question, gold } of queries) {
    const request = { terms: queryTerms(question), vectors: [], filter: {}, candidates: 100 };
    const found = await memory.search(OWNER, request, signal);
    const ranked = found.toSorted((a, b) => b.words - a.words || (a.id < b.id ? -1 : 1));
    measures.push(
      measure(
        ranked.map(({ id }) => id),
        gold,
      ),
    );
  }
  const { 'recall@1': first, mrr } = mean(measures);
  return { queries: queries.length, 'recall@1': first, mrr, mbPerSecond };
}
