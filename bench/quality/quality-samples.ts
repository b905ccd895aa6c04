import { join } from 'node:path';
import { z } from 'zod';
import type { BenchGroup } from '../recall/bench-set.ts';
import { loadSet } from '../recall/load-set.ts';
import { readLines } from '../recall/read-lines.ts';
import type { CitedQuery } from './citation-quality.ts';
import type { SplitSample } from './splitter-quality.ts';

const Name = z.union([z.string(), z.number()]).transform(String);
const XquadAnswer = z.object({ id: Name, answer_en: z.string(), answer_ru: z.string() });
const FacqaAnswer = z.object({ id: Name, answer: z.string() });

export interface QualityGroup {
  readonly group: BenchGroup;
  readonly queries: readonly CitedQuery[];
}

async function groupOf(data: string, set: string, category: string): Promise<QualityGroup> {
  const { groups } = await loadSet(data, set);
  const group = groups.find(({ queries }) => queries.some((query) => query.category === category));
  if (group === undefined)
    return { group: { name: set, turns: [], documents: [], queries: [] }, queries: [] };
  return { group, queries: group.queries.filter((query) => query.category === category) };
}

function withAnswers(queries: readonly CitedQuery[], answers: ReadonlyMap<string, string>): CitedQuery[] {
  return queries.map((query) => {
    const answer = answers.get(query.id);
    return answer === undefined ? query : { ...query, answer };
  });
}

/** XQuAD in one language, questions and paragraphs, with the words of the answers. */
export async function xquad(data: string, language: 'en' | 'ru'): Promise<QualityGroup> {
  const { group, queries } = await groupOf(data, 'xquad-en-ru', `${language}-${language}`);
  const rows = await readLines(join(data, 'xquad-en-ru'), 'questions.jsonl', XquadAnswer);
  const answers = new Map(rows.map((row) => [`${row.id}-${language}`, row[`answer_${language}`]]));
  return {
    group,
    queries: withAnswers(queries, answers),
  };
}

/** FacQA with the words of the answers. */
export async function facqa(data: string): Promise<QualityGroup> {
  const { group, queries } = await groupOf(data, 'facqa-id', 'id-id');
  const rows = await readLines(join(data, 'facqa-id'), 'valid.jsonl', FacqaAnswer);
  const answers = new Map(rows.map((row) => [row.id, row.answer]));
  return { group, queries: withAnswers(queries, answers) };
}

/** Of LoCoMo: it asks of one speaker what the other told, or what nobody did. */
export const ADVERSARIAL = 'adversarial';

/** The first conversation of LoCoMo, what can be answered; its answers are not in the words of the turns. */
export async function locomo(data: string): Promise<QualityGroup> {
  const { groups } = await loadSet(data, 'locomo');
  const group = groups[0] ?? { name: 'locomo', turns: [], documents: [], queries: [] };
  return {
    group,
    queries: group.queries.filter(({ category, gold }) => category !== ADVERSARIAL && gold.length > 0),
  };
}

/** Passages in one text; few enough to score, enough for cuts to miss. */
const PASSAGES_A_TEXT = 8;

/** Texts of passages about different things, taken in steps through the set so that neighbours differ. */
export function splitSamples({ group, queries }: QualityGroup): SplitSample[] {
  const count = Math.ceil(group.documents.length / PASSAGES_A_TEXT);
  return Array.from({ length: count }, (_, i) => {
    const some = group.documents.filter((_document, at) => at % count === i);
    const ids = new Set(some.map(({ id }) => id));
    const answers = queries.flatMap(({ gold, answer }) =>
      answer !== undefined && gold.some((id) => ids.has(id)) ? [answer] : [],
    );
    return { passages: some.map(({ text }) => text.trim()), answers };
  });
}
