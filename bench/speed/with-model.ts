import { setTimeout as pause } from 'node:timers/promises';
import { modelServer } from '../../test/fakes/model-server.ts';
import type { Load } from './over-http.ts';
import { historyFile } from './plant.ts';
import {
  type MessageMs,
  type MessageTimes,
  messageTimes,
  sendMessage,
  whileImporting,
} from './send-messages.ts';
import { serve } from './served.ts';
import { syntheticTexts } from './synthetic-text.ts';

/** Messages answered by a model that begins to speak at once, so that all the time is Jiwa's. */
export interface WithModel {
  readonly alone: MessageTimes;
  readonly besideImport: MessageTimes;
}

const PROVIDER = 'scripted';
const MODEL = 'scripted-model';
const WARM_UP = 20;
/** People pause between messages; what follows a message is done by then. */
const PAUSE_MS = 100;
const NUMBERS_FROM = 2_000_000;

/** What Jiwa adds before the first token of a model, over real HTTP on both sides. */
export async function withModelFigures(folder: string, load: Load): Promise<WithModel> {
  await using server = await modelServer(() => 'That I know.');
  const texts = await syntheticTexts();
  const served = await serve(folder);
  try {
    const { api } = served;
    const provider = { preset: 'custom', baseUrl: server.baseUrl, model: MODEL } as const;
    await api.call('putProvider', { params: { id: PROVIDER }, body: provider });
    const role = { provider: PROVIDER, model: MODEL };
    await api.call('setRole', { params: { role: 'chat' }, body: role });
    const { id } = await api.call('createSession', { body: {} });
    let number = NUMBERS_FROM;
    const say = async () => {
      await pause(PAUSE_MS);
      return sendMessage(api, id, texts.question(number++, load.messages), true);
    };
    for (let round = 0; round < WARM_UP; round++) await say();
    const alone: MessageMs[] = [];
    while (alone.length < load.count) alone.push(await say());
    const beside: MessageMs[] = [];
    const history = historyFile(texts, load.messages + load.imported, load.imported);
    await whileImporting(api, history, async () => void beside.push(await say()));
    return { alone: messageTimes(alone), besideImport: messageTimes(beside) };
  } finally {
    await served.stop();
  }
}
