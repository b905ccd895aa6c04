import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError } from '../../src/core/errors.ts';
import { figuresOf, tableOf, type Measured } from './figures.ts';
import { emptyFigures, idleFigures, servedFigures } from './over-http.ts';
import type { Phases } from './phase-process.ts';
import { withModelFigures } from './with-model.ts';

export const summary = 'how fast recall, messages, ingestion and start are, and how much memory they take';

export const help = `Usage: npm run --silent bench -- speed [--items 100000] [--json]

Fills a new data folder with made-up texts through the product's own import and ingestion and measures it in the
process and over HTTP, beside plain baselines over the same texts. The vectors of the texts are made up, too, around
centres that the bundled encoder gave; those of the questions are the encoder's.

  --items <n>  messages and chunks of one owner
  --json       one JSON object instead of a table`;

const QUESTIONS = 300;

async function inProcess<P extends keyof Phases>(
  phase: P,
  ...args: Parameters<Phases[P]>
): Promise<Awaited<ReturnType<Phases[P]>>> {
  const child = fork(fileURLToPath(new URL('phase-process.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const told: { result?: unknown }[] = [];
  child.on('message', (message) => told.push(message as { result: unknown }));
  child.send({ phase, args });
  await exited;
  const [answer] = told;
  if (answer === undefined) throw new AppError('internal', `The phase "${phase}" of the benchmark failed.`);
  return answer.result as Awaited<ReturnType<Phases[P]>>;
}

async function measure(folder: string, items: number): Promise<Measured> {
  const note = (text: string) => process.stderr.write(`${text} …\n`);
  const home = join(folder, 'home');
  const count = Math.min(QUESTIONS, Math.ceil(items / 20));
  note('an empty start');
  const empty = await emptyFigures(join(folder, 'empty'));
  note(`taking in ${items} items`);
  const planted = await inProcess('plant', home, items);
  const { messages } = planted;
  note('recall in the process');
  const recall = await inProcess('recall', home, { messages, warmUp: Math.ceil(count / 4), count });
  note('index and model dropped');
  const idle = await idleFigures(home, messages);
  note('over HTTP');
  const load = { messages, count, imported: Math.ceil(items * 0.3) };
  const served = await servedFigures(home, load);
  note('with a model');
  const withModel = await withModelFigures(home, load);
  note('baselines');
  const over = { items: planted.items, messages, questions: Math.min(100, count) };
  const baselines = await inProcess('baselines', folder, over);
  return { planted, recall, baselines, served, withModel, empty, idle };
}

/** Runs `bench speed`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { items: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
  });
  const items = Number(values.items);
  if (!Number.isInteger(items) || items < 1_000)
    throw new AppError(
      'invalid-input',
      `Expected --items to be a whole number from 1,000 on, got "${values.items}".`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-speed-'));
  const loadBefore = loadavg()[0];
  try {
    const measured = await measure(folder, items);
    const figures = figuresOf(measured);
    const machine = {
      processor: cpus()[0]?.model,
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 1e9),
      node: process.versions.node,
      loadBefore,
      loadAfter: loadavg()[0],
    };
    const { planted, served } = measured;
    const sizes = {
      items: planted.items,
      messages: planted.messages,
      roundsBesideImport: served.besideImport.rounds,
    };
    const json = { sizes, machine, vectors: 'of items made up around real centres', figures };
    process.stdout.write(`${values.json ? JSON.stringify(json) : tableOf(figures)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
