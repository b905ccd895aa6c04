import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../../src/wire/client.ts';
import { type Diary, mustBeGone, mustBeThere } from './diary.ts';
import { all } from './pages.ts';
import type { Kept, Talk, Turn } from './talk.ts';
import type { TalkingModel } from './talking-model.ts';

/** Canaries of what should be there once. */
export interface Amiss {
  readonly lost: string[];
  readonly doubled: string[];
}

/** Nothing amiss. */
export const WHOLE: Amiss = { lost: [], doubled: [] };

/** What of it is not there once, given how often each canary was found. */
export function amiss(wanted: readonly string[], times: ReadonlyMap<string, number>): Amiss {
  const doubled = [...times].flatMap(([canary, count]) => (count > 1 ? [canary] : []));
  return { lost: wanted.filter((canary) => !times.has(canary)), doubled };
}

export function counted(canaries: Iterable<string>): Map<string, number> {
  const times = new Map<string, number>();
  for (const canary of canaries) times.set(canary, (times.get(canary) ?? 0) + 1);
  return times;
}

function acknowledged(diary: Diary, kind: 'document' | 'message'): string[] {
  return mustBeThere(diary).flatMap((entry) => (entry.kind === kind ? [entry.canary] : []));
}

/** Acknowledged documents that are not there, ready and under the id that was told, and documents that are there twice. */
export async function documentsAmiss(api: Client, diary: Diary): Promise<Amiss> {
  const documents = await all<{ id: string; filename: string; status: string }>(api, 'listDocuments', {});
  const ids = new Map(diary.entries.map(({ canary, id }) => [`${canary}.txt`, id]));
  const { doubled } = amiss([], counted(documents.map(({ filename }) => filename)));
  const whole = documents.filter(
    ({ id, filename, status }) => status === 'ready' && ids.get(filename) === id,
  );
  const there = counted(whole.map(({ filename }) => filename.replace(/\.txt$/, '')));
  return { ...amiss(acknowledged(diary, 'document'), there), doubled };
}

/** Acknowledged messages that are not there, and messages that are there twice. */
export async function messagesAmiss(api: Client, diary: Diary): Promise<Amiss> {
  const canaries: string[] = [];
  for (const id of diary.sessions) {
    const messages = await all<{ text: string; role: string }>(api, 'listMessages', { params: { id } });
    for (const { role, text } of messages)
      if (role === 'user') canaries.push(...(/msg[0-9a-f]{32}/.exec(text) ?? []));
  }
  return amiss(acknowledged(diary, 'message'), counted(canaries));
}

/** Conversations with the model as the kills left them, and after what was cut was sent again. */
export interface Talked {
  /** The turns as they were when the server was killed for the last time. */
  readonly cut: readonly Turn[];
  readonly left: Kept;
  readonly talk: Talk;
  readonly finished: Kept;
}

/** The same of messages that were sent again with their own id: each has the id that was told, however often it was sent. */
export function keyedMessagesAmiss({ cut, left, talk, finished }: Talked): Amiss {
  const lost = cut.filter(({ canary, messageId }) => messageId !== undefined && !left.questions.has(canary));
  const never = talk.turns.filter(({ canary, messageId }) => {
    const [first] = finished.questions.get(canary) ?? [];
    return first === undefined || first.id !== messageId;
  });
  // One that stands under another id than was told is that of another attempt.
  const foreign = talk.turns.filter(({ canary, messageId }) =>
    left.questions.get(canary)?.some(({ id }) => id !== messageId),
  );
  const doubled = [left, finished].flatMap(({ questions }) =>
    [...questions].flatMap(([canary, messages]) => (messages.length > 1 ? [canary] : [])),
  );
  return { lost: [...lost, ...never, ...foreign].map(({ canary }) => canary), doubled };
}

/** Whether what was told of the answer, each time and word for word, is what is kept of it, once. */
function isAsTold({ canary, ended }: Turn, { answers }: Kept, model: TalkingModel): boolean {
  const [{ id, text } = { id: '', text: '' }] = ended;
  const [answer, ...more] = answers.get(canary) ?? [];
  return (
    model.said(canary).includes(text) &&
    ended.every((end) => isDeepStrictEqual(end, { id, text, streamed: text })) &&
    more.length === 0 &&
    answer?.id === id &&
    answer.text === text &&
    answer.interrupted === undefined
  );
}

/** Messages whose announced answer is not kept once as it was told, or that have none in the end; with what was told and kept. */
export function answersAmiss({ cut, left, talk, finished }: Talked, model: TalkingModel): object[] {
  const changedIn = (turns: readonly Turn[], kept: Kept) =>
    turns
      .filter((turn) => !isAsTold(turn, kept, model))
      .map(({ canary, ended, cuts }) => ({ canary, ended, cuts, kept: kept.answers.get(canary) }));
  const announced = cut.filter(({ ended }) => ended.length > 0);
  const asked = new Set(talk.turns.map(({ canary }) => canary));
  const foreign = [...finished.answers].filter(([canary]) => !asked.has(canary));
  return [...changedIn(announced, left), ...changedIn(talk.turns, finished), ...foreign];
}

/** Answers that a kill cut, and that are neither whole nor marked as cut, or there twice, or mixed of several. */
export function cutAnswersAmiss({ left }: Talked, model: TalkingModel): string[] {
  return [...left.answers].flatMap(([canary, answers]) => {
    const [{ text, interrupted = false } = { text: '' }, ...more] = answers;
    const fits = (said: string) => said === text || (interrupted && said.startsWith(text));
    return more.length === 0 && model.said(canary).some(fits) ? [] : [canary];
  });
}

async function isRecalled(api: Client, canary: string): Promise<boolean> {
  const { hits } = await api.call('recall', { body: { question: canary, limit: 3 } });
  return hits.some((hit) => hit.text.includes(canary));
}

/** What is not recalled by its words, of the latest that must be there. */
export async function notRecalled(api: Client, diary: Diary): Promise<string[]> {
  const missing: string[] = [];
  for (const { canary } of mustBeThere(diary).slice(-20))
    if (!(await isRecalled(api, canary))) missing.push(canary);
  return missing;
}

/** What was forgotten and is recalled all the same. */
export async function stillRecalled(api: Client, diary: Diary): Promise<string[]> {
  const found: string[] = [];
  for (const { canary } of mustBeGone(diary)) if (await isRecalled(api, canary)) found.push(canary);
  return found;
}
