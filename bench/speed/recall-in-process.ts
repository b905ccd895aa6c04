import { bindRecall } from '../../src/app/recall.ts';
import { RecallRequest } from '../../src/wire/recall.ts';
import { timed, type Times, timesOf } from '../memory-store/measure.ts';
import { openHome } from './open-home.ts';
import { syntheticTexts } from './synthetic-text.ts';

/** Which distinct questions are asked, about how many messages. */
export interface Asking {
  readonly messages: number;
  readonly warmUp: number;
  readonly count: number;
}

/** Milliseconds of recall called as the rooms call it, embedding included, over a planted folder with a warm index. */
export async function recallInProcess(folder: string, asking: Asking): Promise<Times> {
  const { services, embedders, ctx, close } = await openHome(folder);
  const texts = await syntheticTexts();
  const recall = bindRecall(services, embedders);
  const ms: number[] = [];
  for (let number = 0; number < asking.warmUp + asking.count; number++) {
    const question = texts.question(number, asking.messages);
    const request = RecallRequest.parse({ question });
    const took = await timed(() => recall(request, ctx));
    if (number >= asking.warmUp) ms.push(took);
  }
  await close();
  return timesOf(ms);
}
