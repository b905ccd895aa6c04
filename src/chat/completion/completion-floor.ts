import type { Ctx } from '../../core/context.ts';
import type { CompletionEvent, CompletionRequest } from '../../wire/completion.ts';
import { answerExtractively } from '../answer/answer-extractively.ts';
import type { Answer } from '../../wire/sessions.ts';
import type { AnswerDeps } from '../chat-deps.ts';
import { lastQuestion } from './conversation-text.ts';
import type { MemoryUse } from './memory-use.ts';
import type { Speech } from './speech.ts';

const NO_TOKENS = { input: 0, output: 0, cached: 0 };
const NO_JSON = 'No language model answers here, and without one there is no JSON of a schema.';
const PIECE = /\S+\s*|\s+/gu;

type Said = Exclude<CompletionEvent, { kind: 'start' }>;

const NO_MODEL =
  'No language model answers here, and this request leaves memory aside: choose a model (jiwa models use), or ask with memory.';
const NOTHING: Answer = { kind: 'nothing-found', text: NO_MODEL, citations: [], nearest: [], tookMs: 0 };

async function* spoken({ text }: Answer, asJson: boolean): AsyncIterable<Said> {
  if (asJson) yield { kind: 'refusal', text: NO_JSON };
  else for (const [piece] of text.matchAll(PIECE)) yield { kind: 'text', text: piece };
  yield { kind: 'end', reason: 'stop', usage: NO_TOKENS };
}

/** The answer made of quotes, said as a model would say it. Where JSON is wanted it refuses, for quotes are none. */
export async function completionFloor(
  input: CompletionRequest,
  use: Pick<MemoryUse, 'mode' | 'within'>,
  deps: AnswerDeps,
  ctx: Ctx,
): Promise<Speech> {
  const text = lastQuestion(input.messages);
  const asJson = input.asked.output !== undefined;
  const { sessionId } = use.within;
  const filter = sessionId === undefined ? {} : { sessionIds: [sessionId] };
  const asks = use.mode !== 'off' && text !== '' && !asJson;
  const answer = asks ? await answerExtractively({ text, filter }, deps, ctx) : NOTHING;
  const { citations, kind } = answer;
  return {
    memories: [...new Set(citations.map(({ itemId }) => itemId))],
    said: spoken(answer, asJson),
    restsOn: () => citations,
    answerKind: kind === 'extractive' ? kind : 'nothing-found',
  };
}
