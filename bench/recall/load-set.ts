import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../src/core/errors.ts';
import type { BenchGroup, BenchSet } from './bench-set.ts';
import { beamGroups, locomoGroups } from './conversation-sets.ts';
import { facqaGroups, hotpotGroups, madialGroups, prefevalGroups, xquadGroups } from './other-sets.ts';

/** A set is known by the files of its folder, so a hidden part under another name is read the same way. */
const FORMATS: readonly (readonly [
  marks: readonly string[],
  read: (folder: string) => Promise<BenchGroup[]>,
])[] = [
  [['items.jsonl', 'queries.jsonl'], locomoGroups],
  [['messages.jsonl', 'questions.jsonl'], beamGroups],
  [['paragraphs.jsonl', 'questions.jsonl'], xquadGroups],
  [['passages.jsonl', 'questions.jsonl'], hotpotGroups],
  [['memory.en.jsonl', 'dialogues.en.jsonl'], madialGroups],
  [['pairs.jsonl'], prefevalGroups],
  [['valid.jsonl'], facqaGroups],
];

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Reads the set `name` under the folder `data`; relative folders are taken from where npm was started. */
export async function loadSet(data: string, name: string): Promise<BenchSet> {
  const folder = join(resolve(process.env['INIT_CWD'] ?? '.', data), name);
  for (const [marks, read] of FORMATS) {
    const present = await Promise.all(marks.map((mark) => exists(join(folder, mark))));
    if (present.every(Boolean)) return { name, groups: await read(folder) };
  }
  throw new AppError(
    'not-found',
    `Expected one of the known sets in ${folder}: ${FORMATS.map(([marks]) => marks.join(' + ')).join('; ')}.`,
  );
}
