import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../src/core/errors.ts';
import { analyserQuality } from './analyser-quality.ts';
import { citationQuality } from './citation-quality.ts';
import { facqa, locomo, splitSamples, xquad } from './quality-samples.ts';
import { splitterQuality } from './splitter-quality.ts';

export const summary = 'how well texts are cut, analysed and cited, in English, Russian and Indonesian';

export const help = `Usage: npm run --silent bench -- quality [--data <folder>] [--limit <n>] [--json]

  splitter   texts of eight passages without a break between them: are they cut where passages and sentences end,
             do answers stay whole (XQuAD en and ru, FacQA)
  analyser   words alone on whole passages: recall@1, MRR, MB/s (XQuAD en and ru, FacQA)
  citations  answers without a language model: is evidence cited, does the quote hold the answer (also LoCoMo)

  --data <folder>  folder of the sets; ../shared/bench by default
  --limit <n>      only the first n questions of each set for citations
  --json           one JSON object instead of a table`;

const SHARED = fileURLToPath(new URL('../../../shared/bench', import.meta.url));

type Figures = Readonly<Record<string, Readonly<Record<string, object>>>>;

async function measureAll(data: string, limit: number): Promise<Figures> {
  const sets = {
    'xquad-en': await xquad(data, 'en'),
    'xquad-ru': await xquad(data, 'ru'),
    'facqa-id': await facqa(data),
  };
  const splitter: Record<string, object> = {};
  const analyser: Record<string, object> = {};
  const citations: Record<string, object> = {};
  for (const [name, set] of Object.entries(sets)) {
    process.stderr.write(`${name}\n`);
    splitter[name] = splitterQuality(splitSamples(set));
    analyser[name] = await analyserQuality(set.group, set.queries);
  }
  for (const [name, set] of Object.entries({ ...sets, locomo: await locomo(data) })) {
    process.stderr.write(`${name}: citations\n`);
    citations[name] = await citationQuality(set.group, set.queries.slice(0, limit));
  }
  return { splitter, analyser, citations };
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Object.values(value)
      .map((one) => shown(one))
      .join(' / ');
  if (value === undefined) return '–';
  const number = Number(value);
  if (number > 0 && number <= 1) return `${(number * 100).toFixed(1)} %`;
  return Number.isInteger(number) ? String(number) : number.toFixed(1);
}

function table(figures: Figures): string {
  return Object.entries(figures)
    .flatMap(([part, sets]) => {
      const names = Object.keys(sets);
      const measures = [...new Set(Object.values(sets).flatMap((set) => Object.keys(set)))];
      const cell = (set: string, measure: string) =>
        shown((sets[set] as Readonly<Record<string, unknown>>)[measure]).padStart(16);
      return [
        `${part.padEnd(20)}${names.map((name) => name.padStart(16)).join('')}`,
        ...measures.map(
          (measure) => `  ${measure.padEnd(18)}${names.map((name) => cell(name, measure)).join('')}`,
        ),
        '',
      ];
    })
    .join('\n');
}

/** Runs `bench quality`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const limit = values.limit === undefined ? Infinity : Number(values.limit);
  if (!(limit === Infinity || (Number.isInteger(limit) && limit > 0)))
    throw new AppError(
      'invalid-input',
      `Expected --limit to be a positive whole number, got "${values.limit}".`,
    );
  const data = values.data === undefined ? SHARED : resolve(process.env['INIT_CWD'] ?? '.', values.data);
  const figures = await measureAll(data, limit);
  process.stdout.write(`${values.json ? JSON.stringify(figures) : table(figures)}\n`);
}
