import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../src/wire/client.ts';
import { rounded, timed, type Times, timesOf } from '../memory-store/measure.ts';
import { historyFile } from './plant.ts';
import {
  type MessageMs,
  type MessageTimes,
  messageTimes,
  sendMessage,
  whileImporting,
} from './send-messages.ts';
import { type Served, serve } from './served.ts';
import { type SyntheticTexts, syntheticTexts } from './synthetic-text.ts';

/** What a running Jiwa with a planted memory does. */
export interface ServedFigures {
  readonly startMs: number;
  readonly firstRecallMs: number;
  readonly recall: Times;
  readonly loadedMb: number;
  readonly messageOnly: Times;
  readonly message: MessageTimes;
  /** All of it again beside the import of a history. */
  readonly besideImport: {
    readonly recall: Times;
    readonly message: MessageTimes;
    readonly rounds: number;
  };
}

export interface Load {
  /** Messages that memory holds and questions are about. */
  readonly messages: number;
  /** Questions, or messages, of one figure. */
  readonly count: number;
  /** Messages of the history that is imported meanwhile. */
  readonly imported: number;
}

/** Long enough for what a start leaves behind to be settled. */
const SETTLE_MS = 5_000;
/** For figures of an idle process: minutes, as the environment takes them. */
const IDLE_MINUTES = 0.03;
const WARM_UP = 20;
/** People pause between messages; what follows a message is done by then. */
const PAUSE_MS = 100;

/** Questions nobody asked before. */
function questions(texts: SyntheticTexts, messages: number): () => string {
  let number = 1_000_000;
  return () => texts.question(number++, messages);
}

async function repeated(count: number, work: () => Promise<number>): Promise<number[]> {
  const ms: number[] = [];
  while (ms.length < count) ms.push(await work());
  return ms;
}

const recallMs = (api: Client, question: string) => timed(() => api.call('recall', { body: { question } }));

/** Recalls and messages in turn until the import is done. */
async function besideImport(api: Client, history: string, sessionId: string, next: () => string) {
  const recalls: number[] = [];
  const messages: MessageMs[] = [];
  await whileImporting(api, history, async () => {
    recalls.push(await recallMs(api, next()));
    messages.push(await sendMessage(api, sessionId, next(), true));
  });
  return { recall: timesOf(recalls), message: messageTimes(messages), rounds: recalls.length };
}

async function measure(served: Served, load: Load): Promise<ServedFigures> {
  const { api, startMs } = served;
  const texts = await syntheticTexts();
  const next = questions(texts, load.messages);
  const ask = () => recallMs(api, next());
  const firstRecallMs = rounded(await ask());
  await repeated(WARM_UP, ask);
  const recall = timesOf(await repeated(load.count, ask));
  const loadedMb = await served.memoryMb();
  const session = await api.call('createSession', { body: {} });
  const say = async (answer: boolean) => {
    await pause(PAUSE_MS);
    return sendMessage(api, session.id, next(), answer);
  };
  for (let round = 0; round < WARM_UP; round++) await say(true);
  const stored = await repeated(load.count, async () => (await say(false)).stored);
  const answered: MessageMs[] = [];
  while (answered.length < load.count) answered.push(await say(true));
  const history = historyFile(texts, load.messages, load.imported);
  return {
    startMs: rounded(startMs),
    firstRecallMs,
    recall,
    loadedMb,
    messageOnly: timesOf(stored),
    message: messageTimes(answered),
    besideImport: await besideImport(api, history, session.id, next),
  };
}

/** Start of an empty Jiwa, and its memory once it is idle. */
export async function emptyFigures(folder: string) {
  const served = await serve(folder, { JIWA_IDLE_MINUTES: String(IDLE_MINUTES) });
  await pause(SETTLE_MS);
  const idleMb = await served.memoryMb();
  await served.stop();
  return { startMs: rounded(served.startMs), idleMb };
}

/** Memory of a Jiwa that has recalled and been idle since, its index and model dropped; and the recall after that. */
export async function idleFigures(folder: string, messages: number) {
  const next = questions(await syntheticTexts(), messages);
  const served = await serve(folder, { JIWA_IDLE_MINUTES: String(IDLE_MINUTES) });
  for (let round = 0; round < WARM_UP; round++) await recallMs(served.api, next());
  await pause(SETTLE_MS);
  const idleMb = await served.memoryMb();
  const wakingMs = rounded(await recallMs(served.api, next()));
  await served.stop();
  return { idleMb, wakingMs };
}

/** A Jiwa at work. */
export async function servedFigures(folder: string, load: Load): Promise<ServedFigures> {
  const served = await serve(folder);
  try {
    return await measure(served, load);
  } finally {
    await served.stop();
  }
}
