import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../src/core/errors.ts';
import { abstentionQuality } from './abstention-quality.ts';
import { facqaAbstention, locomoAbstention, xquadAbstention } from './abstention-samples.ts';
import { analyserQuality } from './analyser-quality.ts';
import { citationQuality } from './citation-quality.ts';
import { facqa, locomo, splitSamples, xquad } from './quality-samples.ts';
import { splitterQuality } from './splitter-quality.ts';

export const summary =
  'how well texts are cut, analysed and cited, and what is not answered, in English, Russian and Indonesian';

export const help = `Usage: npm run --silent bench -- quality [--data <folder>] [--limit <n>] [--only <part>] [--json]

  splitter   texts of eight passages without a break between them: are they cut where passages and sentences end,
             do answers stay whole (XQuAD en and ru, FacQA)
  analyser   words alone on whole passages: recall@1, MRR, MB/s (XQuAD en and ru, FacQA)
  citations  answers without a language model: is evidence cited, does the quote hold the answer (also LoCoMo)
  abstention answers without a language model: are questions answered whose answer is in memory, and are those not that
             memory cannot answer: untold (their subject is in memory, the fact is not; not in FacQA) and foreign
             (nothing on their subject is). Documents left out of memory give both in XQuAD and FacQA; in LoCoMo they are
             the adversarial questions and those of other conversations. At most 100 questions a kind

  --data <folder>  folder of the sets; ../shared/bench by default
  --limit <n>      only the first n questions of each set for citations
  --only <part>    splitter, analyser, citations or abstention alone
  --json           one JSON object instead of a table`;

const SHARED = fileURLToPath(new URL('../../../shared/bench', import.meta.url));

type Figures = Readonly<Record<string, Readonly<Record<string, object>>>>;

const PARTS = ['splitter', 'analyser', 'citations', 'abstention'] as const;
type Part = (typeof PARTS)[number];

interface Wanted {
  readonly data: string;
  readonly limit: number;
  readonly parts: readonly Part[];
}

/** Measures one part on each of its sets, one after the other. */
async function onEach<T>(part: Part, sets: Readonly<Record<string, T>>, of: (set: T) => Promise<object>) {
  const figures: Record<string, object> = {};
  for (const [name, set] of Object.entries(sets)) {
    process.stderr.write(`${name}: ${part}\n`);
    figures[name] = await of(set);
  }
  return figures;
}

async function measureAll({ data, limit, parts }: Wanted): Promise<Figures> {
  const sets = {
    'xquad-en': await xquad(data, 'en'),
    'xquad-ru': await xquad(data, 'ru'),
    'facqa-id': await facqa(data),
  };
  const measures: Readonly<Record<Part, () => Promise<Record<string, object>>>> = {
    splitter: () => onEach('splitter', sets, async (set) => splitterQuality(splitSamples(set))),
    analyser: () => onEach('analyser', sets, ({ group, queries }) => analyserQuality(group, queries)),
    citations: async () =>
      onEach('citations', { ...sets, locomo: await locomo(data) }, ({ group, queries }) =>
        citationQuality(group, queries.slice(0, limit)),
      ),
    abstention: async () => {
      const samples = {
        'xquad-en': await xquadAbstention(data, 'en'),
        'xquad-ru': await xquadAbstention(data, 'ru'),
        'facqa-id': await facqaAbstention(data),
        locomo: await locomoAbstention(data),
      };
      return onEach('abstention', samples, abstentionQuality);
    },
  };
  const figures: Record<string, Record<string, object>> = {};
  for (const part of parts) figures[part] = await measures[part]();
  return figures;
}

function partsOf(only: string | undefined): readonly Part[] {
  if (only === undefined) return PARTS;
  const part = PARTS.find((one) => one === only);
  if (part === undefined)
    throw new AppError('invalid-input', `Expected --only to be one of ${PARTS.join(', ')}, got "${only}".`);
  return [part];
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
      only: { type: 'string' },
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
  const figures = await measureAll({ data, limit, parts: partsOf(values.only) });
  process.stdout.write(`${values.json ? JSON.stringify(figures) : table(figures)}\n`);
}
