import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import MiniSearch from 'minisearch';
import { type Times, timesOf } from '../memory-store/measure.ts';
import { openHome } from './open-home.ts';
import { clusteredEmbedder } from './synthetic-embedder.ts';
import { syntheticTexts } from './synthetic-text.ts';

/** What the same questions cost elsewhere; the vectors of questions are not counted. */
export interface Baselines {
  readonly plainScan: Times;
  readonly miniSearch: Times;
  readonly fts5: Times;
}

const HITS = 10;
const CENTRES = 200;

const words = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];

function times(questions: readonly string[], ask: (question: string, number: number) => unknown): Times {
  const ms = questions.map((question, number) => {
    const started = performance.now();
    ask(question, number);
    return performance.now() - started;
  });
  // The first tenth warms caches and the compiler up.
  return timesOf(ms.slice(Math.ceil(ms.length / 10)));
}

interface Postings {
  readonly docs: number[];
  readonly counts: number[];
}

/** BM25 over lists in a Map, as one writes it down at first. */
function plainWords(texts: readonly string[]) {
  const postings = new Map<string, Postings>();
  const lengths = texts.map((text, doc) => {
    const own = words(text);
    const counts = new Map<string, number>();
    for (const word of own) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      const list = postings.get(word) ?? { docs: [], counts: [] };
      list.docs.push(doc);
      list.counts.push(count);
      postings.set(word, list);
    }
    return own.length;
  });
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  return (question: string): Float64Array => {
    const scores = new Float64Array(texts.length);
    for (const word of new Set(words(question))) {
      const { docs = [], counts = [] } = postings.get(word) ?? {};
      const idf = Math.log(1 + (texts.length - docs.length + 0.5) / (docs.length + 0.5));
      docs.forEach((doc, place) => {
        const count = counts[place] ?? 0;
        const norm = 1.2 * (0.25 + (0.75 * (lengths[doc] ?? 0)) / mean);
        scores[doc] = (scores[doc] ?? 0) + (idf * count * 2.2) / (count + norm);
      });
    }
    return scores;
  };
}

/** Every vector compared in a loop, BM25 added, everything sorted. */
function plainScan(
  texts: readonly string[],
  vectors: readonly Float32Array[],
  questions: readonly string[],
): Times {
  const score = plainWords(texts);
  return times(questions, (question, number) => {
    const asked = vectors[number % vectors.length] ?? new Float32Array(0);
    const scores = score(question);
    vectors.forEach((vector, doc) => {
      let dot = 0;
      for (let i = 0; i < vector.length; i++) dot += (vector[i] ?? 0) * (asked[i] ?? 0);
      scores[doc] = (scores[doc] ?? 0) + dot;
    });
    const order = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    return order.slice(0, HITS);
  });
}

function miniSearch(texts: readonly string[], questions: readonly string[]): Times {
  const index = new MiniSearch({ fields: ['text'] });
  index.addAll(texts.map((text, id) => ({ id, text })));
  return times(questions, (question) => index.search(question).slice(0, HITS));
}

function fts5(texts: readonly string[], questions: readonly string[], folder: string): Times {
  const db = new DatabaseSync(join(folder, 'baseline.sqlite'));
  db.exec("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'porter unicode61'); BEGIN");
  const insert = db.prepare('INSERT INTO texts VALUES (?)');
  for (const text of texts) insert.run(text);
  db.exec('COMMIT');
  const search = db.prepare(`SELECT rowid, text FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ${HITS}`);
  const found = times(questions, (question) =>
    search.all([...new Set(words(question))].map((word) => `"${word}"`).join(' OR ')),
  );
  db.close();
  return found;
}

/** Runs all of them over as many texts, and vectors, as the memory has items. */
export async function baselines(
  folder: string,
  {
    items,
    messages,
    questions: count,
  }: { readonly items: number; readonly messages: number; readonly questions: number },
): Promise<Baselines> {
  const { embedders, ctx, close } = await openHome(folder);
  const synthetic = await syntheticTexts();
  const texts = Array.from({ length: items }, (_, number) =>
    number < messages ? synthetic.message(number).text : synthetic.paragraph(number - messages),
  );
  const questions = Array.from({ length: count }, (_, number) => synthetic.question(number, messages));
  const { embedder } = embedders.active(ctx.ownerId);
  const centres = await embedder.embedTexts(texts.slice(0, CENTRES), ctx.signal);
  const vectors = await clusteredEmbedder(embedder, centres).embedTexts(texts, ctx.signal);
  await close();
  return {
    plainScan: plainScan(texts, vectors, questions),
    miniSearch: miniSearch(texts, questions),
    fts5: fts5(texts, questions, folder),
  };
}
