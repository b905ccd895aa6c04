import { z } from 'zod';
import type { BenchGroup, BenchQuery, BenchTurn } from './bench-set.ts';
import { benchTime } from './bench-time.ts';
import { readLines } from './read-lines.ts';

const Name = z.union([z.string(), z.number()]).transform(String);
const Time = z.union([z.string(), z.number()]);

const Item = z
  .object({
    conv: Name.default('all'),
    id: Name,
    session: Name.default('1'),
    session_time: Time.optional(),
    time: Time.optional(),
    speaker: z.string().optional(),
    role: z.string().optional(),
    text: z.string(),
    image_caption: z.string().nullish(),
  })
  .refine((item) => (item.session_time ?? item.time) !== undefined, 'expected session_time or time');

const Query = z.object({
  conv: Name.default('all'),
  qid: Name,
  category: Name.default('all'),
  question: z.string(),
  gold: z.array(Name),
});

const ROLES = { user: 'user', assistant: 'assistant', system: 'system' } as const;

/** A speaker called `user` or `assistant` is that role; any other is a person. */
function speakerOf(name: string | undefined): Pick<BenchTurn, 'role' | 'author'> {
  const role = ROLES[(name ?? '').toLowerCase() as keyof typeof ROLES];
  if (role !== undefined) return { role };
  return name === undefined ? { role: 'user' } : { role: 'person', author: name };
}

/** Rows with the same value of `key`, in order of first appearance. */
export function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

function turnOf(item: z.infer<typeof Item>): BenchTurn {
  return {
    id: item.id,
    session: item.session,
    ...speakerOf(item.role ?? item.speaker),
    text: item.text,
    ...(item.image_caption ? { caption: item.image_caption } : {}),
    time: benchTime(item.session_time ?? item.time ?? 0),
  };
}

/** LoCoMo and any set in its fields: `items.jsonl`, `queries.jsonl`; a conversation is a group. */
export async function locomoGroups(folder: string): Promise<BenchGroup[]> {
  const items = groupBy(await readLines(folder, 'items.jsonl', Item), (item) => item.conv);
  const queries = groupBy(await readLines(folder, 'queries.jsonl', Query), (query) => query.conv);
  return [...items].map(([name, group]) => ({
    name,
    turns: group.map(turnOf),
    documents: [],
    queries: (queries.get(name) ?? []).map(({ qid, ...query }): BenchQuery => ({ id: qid, ...query })),
  }));
}

const Message = z.object({
  chat: Name,
  id: Name,
  batch: Name,
  time: Time,
  role: z.enum(['user', 'assistant']),
  text: z.string(),
});
const Question = z.object({
  chat: Name,
  qid: Name,
  category: Name,
  question: z.string(),
  gold: z.array(Name),
});

/** BEAM: `messages.jsonl`, `questions.jsonl`; a chat is a group, a batch a session, a message an item. */
export async function beamGroups(folder: string): Promise<BenchGroup[]> {
  const messages = groupBy(await readLines(folder, 'messages.jsonl', Message), (message) => message.chat);
  const questions = groupBy(
    await readLines(folder, 'questions.jsonl', Question),
    (question) => question.chat,
  );
  return [...messages].map(([name, group]) => ({
    name,
    turns: group.map(({ id, batch, time, role, text }): BenchTurn => ({
      id,
      session: batch,
      role,
      text,
      time: benchTime(time),
    })),
    documents: [],
    queries: (questions.get(name) ?? []).map(({ qid, ...query }): BenchQuery => ({ id: qid, ...query })),
  }));
}
