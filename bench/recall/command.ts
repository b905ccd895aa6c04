import { loadSet } from './load-set.ts';
import { report, table } from './report.ts';
import { runSet } from './run-set.ts';
import { readSetOptions } from './set-options.ts';

export const summary = 'how well recall finds what answers a question, on a public set';

export const help = `Usage: npm run --silent bench -- recall --data <folder> --set <name> [--json] [--limit <n>]

Takes a set in through the product's own import and ingestion, each conversation as an owner of its own, asks its
questions with default settings and measures where the evidence stands.

  --data <folder>  folder of the sets (relative folders from where npm was started), e.g. ../shared/bench
  --set <name>     folder of the set: LoCoMo's fields (items.jsonl, queries.jsonl), BEAM (messages.jsonl,
                   questions.jsonl), XQuAD, FacQA, HotpotQA, MADial-Bench, PrefEval; known by its files
  --limit <n>      only the first n questions of each conversation
  --json           one JSON object instead of a table`;

/** Runs `bench recall`. */
export async function run(args: readonly string[]): Promise<void> {
  const { data, set: name, json, most: limit } = readSetOptions(args, 'limit', help);
  const set = await loadSet(data, name);
  const outcomes = await runSet(set, {
    limit,
    onGroup: (group) => process.stderr.write(`${name}: ${group}\n`),
  });
  const figures = report(name, outcomes);
  process.stdout.write(`${json ? JSON.stringify(figures) : table(outcomes, figures)}\n`);
}
