import { z } from 'zod';
import type { BenchDocument, BenchGroup, BenchQuery, BenchTurn } from './bench-set.ts';
import { benchTime } from './bench-time.ts';
import { readLines } from './read-lines.ts';

const Name = z.union([z.string(), z.number()]).transform(String);

const Paragraph = z.object({ id: Name, en: z.string(), ru: z.string() });
const Question = z.object({ id: Name, gold: Name, en: z.string(), ru: z.string() });

/** XQuAD: English and Russian paragraphs as documents of two owners; a category is `<question>-<text>`. */
export async function xquadGroups(folder: string): Promise<BenchGroup[]> {
  const paragraphs = await readLines(folder, 'paragraphs.jsonl', Paragraph);
  const questions = await readLines(folder, 'questions.jsonl', Question);
  const languages = ['ru', 'en'] as const;
  return languages.map((language) => ({
    name: language,
    turns: [],
    documents: paragraphs.map((row): BenchDocument => ({ id: row.id, title: '', text: row[language] })),
    queries: languages.flatMap((asked) =>
      questions.map((row): BenchQuery => ({
        id: `${row.id}-${asked}`,
        category: `${asked}-${language}`,
        question: row[asked],
        gold: [row.gold],
      })),
    ),
  }));
}

const Fact = z.object({ id: Name, question: z.string(), passage: z.string() });

/** FacQA: each different passage is a document. */
export async function facqaGroups(folder: string): Promise<BenchGroup[]> {
  const facts = await readLines(folder, 'valid.jsonl', Fact);
  const passages = [...new Set(facts.map((fact) => fact.passage))];
  const idOf = new Map(passages.map((passage, i) => [passage, String(i)]));
  return [
    {
      name: 'all',
      turns: [],
      documents: passages.map((text, i): BenchDocument => ({ id: String(i), title: '', text })),
      queries: facts.map(({ id, question, passage }): BenchQuery => ({
        id,
        category: 'id-id',
        question,
        gold: [idOf.get(passage) ?? ''],
      })),
    },
  ];
}

const Passage = z.object({ id: z.string(), title: z.string(), text: z.string() });
const TwoHop = z.object({ id: Name, question: z.string(), type: z.string(), gold: z.array(z.string()) });

/** HotpotQA: a passage is a document under its title. */
export async function hotpotGroups(folder: string): Promise<BenchGroup[]> {
  const passages = await readLines(folder, 'passages.jsonl', Passage);
  const questions = await readLines(folder, 'questions.jsonl', TwoHop);
  return [
    {
      name: 'all',
      turns: [],
      documents: passages,
      queries: questions.map(({ type, ...query }): BenchQuery => ({ ...query, category: type })),
    },
  ];
}

/** A memory told by the user once, in a session of its own: it has no neighbours. */
const told = (id: string, text: string, time: number): BenchTurn => ({
  id,
  session: id,
  role: 'user',
  text,
  time,
});

const Memory = z.object({
  id: Name,
  time: z.string(),
  scene: z.string(),
  emotion: z.string(),
  event: z.string(),
});
const Dialogue = z.object({
  dialogue: z.array(z.string()),
  'test-turn': z.union([z.number(), z.array(z.number())]),
  'relevant-id': z.array(Name),
});

/** MADial-Bench: memories are messages of the user; the question is the dialogue before the turn under test. */
export async function madialGroups(folder: string): Promise<BenchGroup[]> {
  const memories = await readLines(folder, 'memory.en.jsonl', Memory);
  const dialogues = await readLines(folder, 'dialogues.en.jsonl', Dialogue);
  const first = (turns: number | readonly number[]) => (typeof turns === 'number' ? turns : (turns[0] ?? 0));
  return [
    {
      name: 'all',
      turns: memories.map(({ id, event, scene, emotion, time }) =>
        told(id, `${event} (${scene}, ${emotion})`, benchTime(time)),
      ),
      documents: [],
      queries: dialogues.map((row, i): BenchQuery => ({
        id: String(i),
        category: 'proactive',
        question: row.dialogue
          .slice(0, first(row['test-turn']))
          .filter((line) => !line.startsWith('<BOD>'))
          .join('')
          .trim(),
        gold: row['relevant-id'],
      })),
    },
  ];
}

const Pair = z.object({ topic: z.string(), n: z.number(), preference: z.string(), question: z.string() });
/** PrefEval's preferences have no time; any one day serves. */
const SOME_DAY = Date.UTC(2024, 0, 1);

/** PrefEval: a preference is a message of the user, gold of the question it belongs to. */
export async function prefevalGroups(folder: string): Promise<BenchGroup[]> {
  const pairs = await readLines(folder, 'pairs.jsonl', Pair);
  const idOf = ({ topic, n }: z.infer<typeof Pair>) => `${topic}-${n}`;
  return [
    {
      name: 'all',
      turns: pairs.map((pair) => told(idOf(pair), pair.preference, SOME_DAY)),
      documents: [],
      queries: pairs.map((pair): BenchQuery => ({
        id: idOf(pair),
        category: pair.topic,
        question: pair.question,
        gold: [idOf(pair)],
      })),
    },
  ];
}
