import { AppError } from '../../src/core/errors.ts';
import { bootstrapInterval } from '../recall/bootstrap.ts';
import { loadSet } from '../recall/load-set.ts';
import { mean } from '../recall/measures.ts';
import { percentile } from '../recall/report.ts';
import { readSetOptions } from '../recall/set-options.ts';
import { type Compared, compareSet } from './compare-set.ts';

export const summary = 'how far recall on Weaviate gives what recall on the embedded memory gives';

export const help = `Usage: JIWA_WEAVIATE_URL=… npm run --silent bench -- overlap --data <folder> --set <name> [--json] [--groups <n>]

Takes a set in twice with the same ids, into the embedded memory and into the Weaviate that the environment names, asks
both the same questions with default settings and compares the ten best of each.

  --data <folder>  folder of the sets, e.g. ../shared/bench
  --set <name>     folder of the set, as for \`bench recall\`
  --groups <n>     only the first n conversations
  --json           one JSON object instead of lines`;

const round = (value: number) => Math.round(value * 10_000) / 10_000;

function report(set: string, compared: readonly Compared[]) {
  const overlaps = compared.map(({ overlap }) => overlap);
  const { low, high } = bootstrapInterval(overlaps);
  const side = (name: 'embedded' | 'weaviate') => {
    const outcomes = compared.map((one) => one[name]);
    const ms = outcomes.map((outcome) => outcome.ms);
    return {
      'ndcg@10': round(mean(outcomes.map(({ measures }) => measures))['ndcg@10']),
      ms: { p50: Math.round(percentile(ms, 0.5)), p95: Math.round(percentile(ms, 0.95)) },
    };
  };
  return {
    set,
    queries: compared.length,
    overlap: round(overlaps.reduce((sum, one) => sum + one, 0) / Math.max(overlaps.length, 1)),
    interval: [round(low), round(high)],
    same: round(overlaps.filter((one) => one === 1).length / Math.max(overlaps.length, 1)),
    embedded: side('embedded'),
    weaviate: side('weaviate'),
  };
}

/** Runs `bench overlap`. */
export async function run(args: readonly string[]): Promise<void> {
  const { data, set: name, json, most: groups = Infinity } = readSetOptions(args, 'groups', help);
  if (process.env['JIWA_WEAVIATE_URL'] === undefined)
    throw new AppError('invalid-input', `Expected JIWA_WEAVIATE_URL.\n\n${help}`);
  const set = await loadSet(data, name);
  const compared = await compareSet(set, groups, (group) => process.stderr.write(`${name}: ${group}\n`));
  const figures = report(name, compared);
  const lines = Object.entries(figures).map(([key, value]) => `${key.padEnd(10)} ${JSON.stringify(value)}`);
  process.stdout.write(`${json ? JSON.stringify(figures) : lines.join('\n')}\n`);
}
