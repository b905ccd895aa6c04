import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Answer } from '../../../wire/sessions.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { type Connection, connectionTo } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { count, duration } from '../format.ts';
import { keepNumbers } from '../last-answer.ts';
import { takeIn } from '../take-in.ts';
import { answerLines } from '../views/answer-view.ts';
import { citationLines } from '../views/citation-view.ts';
import { importFile } from './import.ts';

/** Asked in the words of the sample owner: of a document, of one in Indonesian, of the chat. */
const QUESTIONS = [
  'What is the wind limit for going out with a group of beginners?',
  'Berapa lama rendang ibu harus dimasak?',
  'What did Maria find at the flea market?',
] as const;

async function learn(cli: Cli, connection: Connection): Promise<void> {
  const folder = join(cli.host.demoFolder, 'documents');
  const startMs = cli.now();
  const documents = await takeIn(cli, connection, {
    paths: [folder],
    tags: ['demo'],
    maxBytes: Infinity,
    wait: true,
  });
  const chat = await importFile(cli, connection, join(cli.host.demoFolder, 'chat.jsonl'));
  const { counts, vectors } = documents;
  cli.note(
    `Took in ${count(counts.accepted + counts.known, 'document')} (${count(vectors.of, 'passage')}) and ` +
      `${count(chat.imported, 'message')} of ${count(chat.sessions, 'conversation')} in ${duration(cli.now() - startMs)}.`,
  );
  if (counts.failed > 0) cli.finish(EXIT.failed);
}

async function answer(cli: Cli, { client }: Connection, question: string): Promise<Answer> {
  const found = await client.call('ask', { body: { question } }, cli.signal);
  cli.show({ question, answer: found }, (value, look) => [
    '',
    look.style('bold', `? ${value.question}`),
    '',
    ...answerLines(value.answer, look),
  ]);
  return found;
}

async function openFirst(cli: Cli, { client }: Connection, found: Answer): Promise<void> {
  const [citation] = found.citations;
  if (citation === undefined) return;
  const view = await client.call('openCitation', { params: { id: citation.itemId } }, cli.signal);
  cli.show({ opened: view }, (value, look) => [
    '',
    look.style('bold', 'A citation opened at its place:'),
    '',
    ...citationLines(value.opened, look),
  ]);
}

async function tour(cli: Cli, connection: Connection): Promise<void> {
  await learn(cli, connection);
  const answers: Answer[] = [];
  for (const question of QUESTIONS) answers.push(await answer(cli, connection, question));
  if (answers.some(({ citations }) => citations.length === 0)) cli.finish(EXIT.failed);
  const [first] = answers;
  if (first === undefined) return;
  await keepNumbers(connection.dataFolder, first.citations);
  await openFirst(cli, connection, first);
}

function nextSteps(cli: Cli, kept: string | undefined): void {
  const data = kept === undefined ? '' : ` --data ${kept}`;
  const memory =
    kept === undefined ? 'This memory was thrown away (--keep <folder> keeps it). Make your own:' : 'Go on:';
  cli.note(
    [
      '',
      memory,
      `  jiwa ingest <your folder>${data}`,
      `  jiwa import <chat export>${data}`,
      `  jiwa ask "…"${data}`,
    ].join('\n'),
  );
}

async function demo(cli: Cli, options: { keep?: string }): Promise<void> {
  const kept = options.keep === undefined ? undefined : resolve(options.keep);
  const dataFolder = kept ?? (await mkdtemp(join(tmpdir(), 'jiwa-demo-')));
  try {
    const app = await cli.host.openApp({ dataFolder, quiet: true });
    try {
      await tour(cli, connectionTo(app, dataFolder));
    } finally {
      await app.close();
    }
  } finally {
    if (kept === undefined) await rm(dataFolder, { recursive: true, force: true });
  }
  nextSteps(cli, kept);
}

/** `jiwa demo`: the whole way in under a minute, over a memory of its own. */
export function addDemo(program: Command, cli: Cli): void {
  addCommand(program, cli, 'demo', {
    summary: 'Take in a sample folder and chat, and show three cited answers',
    about: 'Works on a memory of its own in a temporary folder; yours is not touched.',
    examples: ['demo', 'demo --keep ~/jiwa-demo'],
  })
    .option('--keep <folder>', 'keep the memory of the demo in this folder')
    .action(async (options: { keep?: string }) => demo(cli, options));
}
