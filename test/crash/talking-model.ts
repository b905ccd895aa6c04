import type { Client } from '../../src/wire/client.ts';
import { type AskedRequest, modelServer, type ScriptedAnswer } from '../fakes/model-server.ts';

const PROVIDER = 'scripted';
const TALKER = 'talker';
const TITLER = 'titler';
/** A token costs one millionth, so a leak of a few calls shows beside what the calls cost. */
const PRICE = { provider: PROVIDER, model: TALKER, input: 1, output: 1 };
const CAP_MICROS = 1_000_000_000;
const INPUT_TOKENS = 1_000;

export interface TalkingModel {
  /** Calls so far that were for messages of conversations, refused ones among them. */
  calls(): number;
  /** What it said, or was saying, to the message with this canary, call by call. */
  said(canary: string): readonly string[];
  /** Makes it the model of the space, with prices and a budget, so that every call is booked before it begins. */
  setUp(api: Client): Promise<void>;
  close(): Promise<void>;
}

/** The number of the call that said this text; its booking has as many `outputTokens`, so that calls can be told apart. */
export function callOf(text: string): number {
  return Number(/^Take (\d+) /.exec(text)?.[1]);
}

function answer(call: number, canary: string): ScriptedAnswer {
  const parts = Array.from({ length: 4 + Math.floor(Math.random() * 8) }, (_, i) => `part-${call}-${i}`);
  const text = `Take ${call} for ${canary}: ${parts.join(' ')}.`;
  return { text, delayMs: 5 + Math.random() * 40, usage: { input: INPUT_TOKENS, output: call } };
}

/**
 * A model that outlives the kills. Slowly, and each time in other words, it answers messages with an `ask…` canary; those
 * with another one it refuses, so that quotes answer them.
 */
export async function talkingModel(): Promise<TalkingModel> {
  const said = new Map<string, string[]>();
  let calls = 0;
  const script = ({ body }: AskedRequest): ScriptedAnswer => {
    if (body['model'] === TITLER) return 'Codes and what they stand for';
    const canary = JSON.stringify(body['messages'])
      .match(/(?:ask|msg)[0-9a-f]{32}/g)
      ?.at(-1);
    if (canary === undefined) return 'I am here.';
    const call = ++calls;
    if (!canary.startsWith('ask')) return { fault: 'bad-request' };
    const told = answer(call, canary) as { readonly text: string };
    said.set(canary, [...(said.get(canary) ?? []), told.text]);
    return told;
  };
  const server = await modelServer(script);
  return {
    calls: () => calls,
    said: (canary) => said.get(canary) ?? [],
    async setUp(api) {
      const body = { preset: 'custom', baseUrl: server.baseUrl, key: { value: 'k' } } as const;
      await api.call('putProvider', { params: { id: PROVIDER }, body });
      await api.call('setPrices', { body: { prices: [PRICE] } });
      await api.call('setSpaceBudget', { body: { capMicros: CAP_MICROS } });
      const roles = [
        ['chat', TALKER],
        ['summarizer', TITLER],
      ] as const;
      for (const [role, model] of roles)
        await api.call('setRole', { params: { role }, body: { provider: PROVIDER, model, parameters: {} } });
    },
    close: () => server.close(),
  };
}
