import { randomUUID } from 'node:crypto';
import { type Amiss, amiss, counted } from '../../crash/checks.ts';
import type { Act } from '../../crash/load.ts';
import { all } from '../../crash/pages.ts';
import type { Client } from '../../../src/wire/client.ts';

/** A history that was sent, with the canary of each of its messages. */
export interface Sent {
  readonly canaries: readonly string[];
  /** Whether the server acknowledged it. */
  acknowledged: boolean;
}

const MESSAGES = 40;
const CANARY = /imp[0-9a-f]{32}n\d+e/g;

function lineOf(conversation: string, canary: string, n: number): string {
  const time = new Date(Date.UTC(2024, 4, 1, 10, n)).toISOString();
  const said = { id: canary, speaker: n % 2 === 0 ? 'Ana' : 'Bo', text: `The code ${canary} was said.` };
  return JSON.stringify({ conversation, time, ...said });
}

/** Sends a history in which nothing is like in another one. */
export function importing(sent: Sent[]): Act {
  return async (api) => {
    const conversation = `imp${randomUUID().replaceAll('-', '')}`;
    const canaries = Array.from({ length: MESSAGES }, (_, n) => `${conversation}n${n}e`);
    const history: Sent = { canaries, acknowledged: false };
    sent.push(history);
    const lines = canaries.map((canary, n) => lineOf(conversation, canary, n));
    await api.importHistory({ filename: `${conversation}.jsonl`, body: new Blob([lines.join('\n')]) });
    history.acknowledged = true;
  };
}

/** Messages of acknowledged histories that are not there, and messages of any that are there twice. */
export async function importsAmiss(api: Client, sent: readonly Sent[]): Promise<Amiss> {
  const canaries: string[] = [];
  for (const { id } of await all<{ id: string }>(api, 'listSessions', {})) {
    for (const { text } of await all<{ text: string }>(api, 'listMessages', { params: { id } }))
      canaries.push(...(text.match(CANARY) ?? []));
  }
  const wanted = sent.flatMap((history) => (history.acknowledged ? history.canaries : []));
  return amiss(wanted, counted(canaries));
}
