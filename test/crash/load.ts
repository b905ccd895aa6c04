import { randomUUID } from 'node:crypto';
import { AppError } from '../../src/core/errors.ts';
import type { Client } from '../../src/wire/client.ts';
import type { Diary, Entry } from './diary.ts';

/** Something a person does. */
export type Act = (api: Client, diary: Diary, signal: AbortSignal) => Promise<void>;
type Weighted = readonly [weight: number, act: Act];

const WORDS = 'river garden winter letter market window bridge forest music salt paper lantern harbour'.split(
  ' ',
);

function sentence(canary: string, length: number): string {
  const words = Array.from({ length }, () => WORDS[Math.floor(Math.random() * WORDS.length)]);
  return `The code ${canary} stands for ${words.join(' ')}.`;
}

function pick<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(Math.random() * list.length)];
}

export async function upload(api: Client, diary: Diary): Promise<void> {
  const entry: Entry = { canary: `doc${randomUUID().replaceAll('-', '')}`, kind: 'document' };
  diary.entries.push(entry);
  const text = Array.from({ length: 1 + Math.floor(Math.random() * 6) }, () =>
    sentence(entry.canary, 60),
  ).join('\n\n');
  const { document } = await api.upload({ filename: `${entry.canary}.txt`, body: new Blob([text]) });
  entry.id = document.id;
}

export async function say(api: Client, diary: Diary, signal: AbortSignal): Promise<void> {
  let sessionId = Math.random() < 0.8 ? pick(diary.sessions) : undefined;
  if (sessionId === undefined) {
    sessionId = (await api.call('createSession', { body: {} })).id;
    diary.sessions.push(sessionId);
  }
  const entry: Entry = { canary: `msg${randomUUID().replaceAll('-', '')}`, kind: 'message', sessionId };
  diary.entries.push(entry);
  for await (const event of api.send(
    sessionId,
    {
      text: sentence(entry.canary, 20),
      answer: Math.random() < 0.5,
    },
    signal,
  )) {
    if (event.kind === 'message-stored' && event.message.role === 'user') entry.id = event.message.id;
  }
}

export async function forget(api: Client, diary: Diary): Promise<void> {
  const entry = pick(diary.entries.filter((each) => each.id !== undefined && each.deletion === undefined));
  if (entry?.id === undefined) return;
  entry.deletion = 'asked';
  if (entry.kind === 'document') await api.call('deleteDocument', { params: { id: entry.id } });
  else await api.call('deleteMessage', { params: { id: entry.sessionId ?? '', messageId: entry.id } });
  entry.deletion = 'gone';
}

/** Changes the encoder, so that everything gets new vectors. */
export function reembedding(remote: string): Act {
  return async (api) => {
    const body =
      Math.random() < 0.5
        ? ({ kind: 'bundled' } as const)
        : ({ kind: 'remote', baseUrl: remote, model: 'crash-test', dimensions: 16 } as const);
    await api.call('useEmbedder', { body });
  };
}

/** True for what a client sees when the server is killed under it, or refuses for a good reason. */
function expected(error: unknown): boolean {
  if (error instanceof AppError)
    return ['unavailable', 'not-found', 'conflict', 'timeout'].includes(error.code);
  return error instanceof Error; // a stream cut in the middle
}

/** What people do all day, by how often. */
export const DAILY: readonly Weighted[] = [
  [35, upload],
  [45, say],
  [17, forget],
];

function drawn(acts: readonly Weighted[]): Act {
  const sum = acts.reduce((total, [weight]) => total + weight, 0);
  let left = Math.random() * sum;
  const [, act] = acts.find(([weight]) => (left -= weight) < 0) ?? [0, say];
  return act;
}

/** Does these things in four lanes until the signal is aborted; throws what no kill explains. */
export async function load(
  api: Client,
  diary: Diary,
  acts: readonly Weighted[],
  signal: AbortSignal,
): Promise<void> {
  const lane = async () => {
    while (!signal.aborted) {
      try {
        await drawn(acts)(api, diary, signal);
      } catch (error) {
        if (!expected(error)) throw error;
      }
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}
