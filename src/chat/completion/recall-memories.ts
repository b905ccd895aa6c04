import type { Ctx } from '../../core/context.ts';
import type { ModelMessage } from '../../wire/completion.ts';
import type { Hit } from '../../wire/recall.ts';
import type { Recall } from '../chat-deps.ts';
import { lastQuestion, textOf } from './conversation-text.ts';

const HITS = 12;
const HIT_TOKENS = 2_000;
/** Of a long prompt the end is what asks. */
const QUESTION_CHARACTERS = 10_000;

/**
 * What memory has for the last thing the person said, best first, without what the conversation shows anyway. Only of one
 * session when one is given. Nothing when nobody asked anything.
 */
export async function recallMemories(
  input: { readonly messages: readonly ModelMessage[]; readonly sessionId?: string | undefined },
  deps: { readonly recall: Recall },
  ctx: Ctx,
): Promise<readonly Hit[]> {
  const question = lastQuestion(input.messages).slice(-QUESTION_CHARACTERS).trim();
  if (question === '') return [];
  const filter = input.sessionId === undefined ? {} : { sessionIds: [input.sessionId] };
  const request = { question, filter, limit: HITS, tokenBudget: HIT_TOKENS, neighbours: 0 };
  const { hits } = await deps.recall(request, ctx);
  const shown = input.messages.map(textOf);
  return hits.filter((hit) => !shown.some((text) => text.includes(hit.text)));
}
