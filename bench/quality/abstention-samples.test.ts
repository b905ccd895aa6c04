import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locomoAbstention, xquadAbstention } from './abstention-samples.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'jiwa-abstention-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

async function lines(set: string, file: string, rows: readonly object[]): Promise<void> {
  await mkdir(join(data, set), { recursive: true });
  await writeFile(join(data, set, file), rows.map((row) => JSON.stringify(row)).join('\n'));
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

it('asks of XQuAD what memory tells, what it tells only beside, and what it knows nothing of', async () => {
  const ids = numbers(6).flatMap((article) => numbers(3).map((at) => `a${article}p${at}`));
  const of = (id: string) => ({ en: `About ${id}?`, ru: id, answer_en: id, answer_ru: id });
  await lines(
    'xquad-en-ru',
    'paragraphs.jsonl',
    ids.map((id) => ({ id, en: id, ru: id })),
  );
  await lines(
    'xquad-en-ru',
    'questions.jsonl',
    ids.map((id) => ({ id, gold: id, ...of(id) })),
  );
  const [sample] = await xquadAbstention(data, 'en');
  const asked = (wanted: readonly string[]) => wanted.map((id) => `About ${id}?`);
  const told = ids.filter((id) => !id.startsWith('a5') && !id.endsWith('p2'));
  expect(sample?.memory.documents.map(({ id }) => id)).toEqual(told);
  expect(sample?.answerable).toEqual(asked(told));
  expect(sample?.untold).toEqual(asked(['a0p2', 'a1p2', 'a2p2', 'a3p2', 'a4p2']));
  expect(sample?.foreign).toEqual(asked(['a5p0', 'a5p1', 'a5p2']));
});

it('asks each conversation of LoCoMo what the others were asked, at most 33 questions of a kind', async () => {
  const convs = numbers(4).map((at) => `c${at}`);
  const item = { id: 'D1:1', session: '1', time: '2024-01-01T00:00:00Z', speaker: 'Ana', text: 'Hello.' };
  await lines(
    'locomo',
    'items.jsonl',
    convs.map((conv) => ({ conv, ...item })),
  );
  const query = (conv: string, category: string, at: number) => ({
    conv,
    category,
    qid: `${conv}-${category}-${at}`,
    gold: ['D1:1'],
    question: `${conv} ${category} ${at}`,
  });
  const queries = convs.flatMap((conv) => [
    ...numbers(40).map((at) => query(conv, 'single-hop', at)),
    query(conv, 'adversarial', 0),
  ]);
  await lines('locomo', 'queries.jsonl', queries);
  const samples = await locomoAbstention(data);
  expect(samples.map(({ memory }) => memory.name)).toEqual(['c0', 'c1', 'c2']);
  for (const { memory, answerable, untold, foreign } of samples) {
    expect(answerable).toHaveLength(33);
    expect(answerable.every((text) => text.startsWith(`${memory.name} single-hop`))).toBe(true);
    expect(untold).toEqual([`${memory.name} adversarial 0`]);
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.every((text) => text.startsWith('c3 '))).toBe(true);
  }
});
