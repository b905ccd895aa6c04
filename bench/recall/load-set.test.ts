import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadSet } from './load-set.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-bench-set-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(set: string, files: Readonly<Record<string, readonly object[]>>) {
  await mkdir(join(folder, set));
  for (const [name, rows] of Object.entries(files))
    await writeFile(join(folder, set, name), rows.map((row) => JSON.stringify(row)).join('\n'));
}

const QUERY = { conv: 'c', qid: 'q', category: 'k', question: 'Who?', gold: ['1'] };

it('reads any folder in the fields of LoCoMo, its time under either name', async () => {
  await write('mine', {
    'items.jsonl': [
      {
        conv: 'c',
        id: '1',
        session: 1,
        session_time: '1:56 pm on 8 May, 2023',
        speaker: 'Ana',
        text: 'Hi',
        image_caption: 'a cat',
      },
      { conv: 'c', id: '2', session: 1, time: '2023-05-08', speaker: 'assistant', text: 'Hello' },
    ],
    'queries.jsonl': [QUERY],
  });
  const { groups } = await loadSet(folder, 'mine');
  expect(groups).toHaveLength(1);
  expect(groups[0]?.turns).toEqual([
    {
      id: '1',
      session: '1',
      role: 'person',
      author: 'Ana',
      text: 'Hi',
      caption: 'a cat',
      time: Date.UTC(2023, 4, 8, 13, 56),
    },
    { id: '2', session: '1', role: 'assistant', text: 'Hello', time: Date.UTC(2023, 4, 8) },
  ]);
  expect(groups[0]?.queries[0]).toMatchObject({ id: 'q', gold: ['1'] });
});

it('reads chats of users and assistants, a chat as a group', async () => {
  const message = { id: 0, batch: 1, time: 'March-15-2024', text: 'Hi' };
  await write('chats', {
    'messages.jsonl': [
      { ...message, chat: 1, role: 'user' },
      { ...message, chat: 2, role: 'assistant' },
    ],
    'questions.jsonl': [{ chat: 2, qid: 'q', category: 'k', question: 'Who?', gold: [0] }],
  });
  const { groups } = await loadSet(folder, 'chats');
  expect(groups.map(({ name, turns, queries }) => [name, turns[0]?.role, queries.length])).toEqual([
    ['1', 'user', 0],
    ['2', 'assistant', 1],
  ]);
  expect(groups[1]?.queries[0]?.gold).toEqual(['0']);
});

it('names the line that is not as expected', async () => {
  await write('bad', { 'items.jsonl': [{ id: 1 }], 'queries.jsonl': [QUERY] });
  await expect(loadSet(folder, 'bad')).rejects.toThrow('items.jsonl:1');
});

it('says which files it looked for when there is no set', async () => {
  await expect(loadSet(folder, 'none')).rejects.toThrow('items.jsonl + queries.jsonl');
});
