import { randomUUID } from 'node:crypto';
import { AppError } from '../../src/core/errors.ts';
import type { Client } from '../../src/wire/client.ts';
import type { Diary, Entry } from './diary.ts';

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

async function upload(api: Client, diary: Diary): Promise<void> {
  const entry: Entry = { canary: `doc${randomUUID().replaceAll('-', '')}`, kind: 'document' };
  diary.entries.push(entry);
  const text = Array.from({ length: 1 + Math.floor(Math.random() * 6) }, () =>
    sentence(entry.canary, 60),
  ).join('\n\n');
  const { document } = await api.upload({ filename: `${entry.canary}.txt`, body: new Blob([text]) });
  entry.id = document.id;
}

async function say(api: Client, diary: Diary, signal: AbortSignal): Promise<void> {
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

async function forget(api: Client, diary: Diary): Promise<void> {
  const entry = pick(diary.entries.filter((each) => each.id !== undefined && each.deletion === undefined));
  if (entry?.id === undefined) return;
  entry.deletion = 'asked';
  if (entry.kind === 'document') await api.call('deleteDocument', { params: { id: entry.id } });
  else await api.call('deleteMessage', { params: { id: entry.sessionId ?? '', messageId: entry.id } });
  entry.deletion = 'gone';
}

async function reembed(api: Client, remote: string): Promise<void> {
  const body =
    Math.random() < 0.5
      ? ({ kind: 'bundled' } as const)
      : ({ kind: 'remote', baseUrl: remote, model: 'crash-test', dimensions: 16 } as const);
  await api.call('useEmbedder', { body });
}

/** True for what a client sees when the server is killed under it, or refuses for a good reason. */
function expected(error: unknown): boolean {
  if (error instanceof AppError)
    return ['unavailable', 'not-found', 'conflict', 'timeout'].includes(error.code);
  return error instanceof Error; // a stream cut in the middle
}

/** Talks to the server in four lanes until the signal is aborted. */
export async function load(api: Client, diary: Diary, remote: string, signal: AbortSignal): Promise<void> {
  const lane = async () => {
    while (!signal.aborted) {
      const dice = Math.random();
      try {
        if (dice < 0.35) await upload(api, diary);
        else if (dice < 0.8) await say(api, diary, signal);
        else if (dice < 0.97) await forget(api, diary);
        else await reembed(api, remote);
      } catch (error) {
        if (!expected(error)) throw error;
      }
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}
