import type { Client } from '../../src/wire/client.ts';
import { type Times, timesOf } from '../memory-store/measure.ts';

/** Milliseconds of one message: until it is stored, and until the answer's first piece. */
export interface MessageMs {
  readonly stored: number;
  readonly firstDelta: number;
}

/** The way of a message: milliseconds until it is stored, and until the answer's first piece. */
export interface MessageTimes {
  readonly stored: Times;
  readonly firstDelta: Times;
}

/** Sends a message and reads its events to the end. */
export async function sendMessage(
  api: Client,
  sessionId: string,
  text: string,
  answer: boolean,
): Promise<MessageMs> {
  const started = performance.now();
  const at = { stored: Number.NaN, firstDelta: Number.NaN };
  for await (const { kind } of api.send(sessionId, { text, answer })) {
    const ms = performance.now() - started;
    if (kind === 'message-stored') at.stored = ms;
    if (kind === 'answer-delta' && Number.isNaN(at.firstDelta)) at.firstDelta = ms;
  }
  return at;
}

export function messageTimes(all: readonly MessageMs[]): MessageTimes {
  return {
    stored: timesOf(all.map(({ stored }) => stored)),
    firstDelta: timesOf(all.map(({ firstDelta }) => firstDelta)),
  };
}

/** Imports a history and does something again and again until it is taken in. */
export async function whileImporting(api: Client, history: string, work: () => Promise<void>): Promise<void> {
  const { jobId } = await api.importHistory({ filename: 'more.jsonl', body: new Blob([history]) });
  for (;;) {
    const { status } = await api.call('getJob', { params: { id: jobId } });
    if (status !== 'queued' && status !== 'running') return;
    await work();
  }
}
