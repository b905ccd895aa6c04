import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { RecallResult } from '../../wire/recall.ts';
import type { Answer } from '../../wire/sessions.ts';
import type { AnswerTrace, ChatMode } from '../../wire/trace.ts';
import type { AnswerInput, AnswerPiece } from '../answerer.ts';
import type { AnswerDeps } from '../chat-deps.ts';
import { textDeltas } from '../text-deltas.ts';
import { answerExtractively } from './answer-extractively.ts';

interface Told {
  readonly mode: ChatMode;
  readonly startedAt: number;
  readonly recalled: RecallResult;
  readonly answer: Answer;
}

function traceOf({ mode, startedAt, recalled, answer }: Told, ctx: Ctx): Omit<AnswerTrace, 'messageId'> {
  return {
    at: startedAt,
    mode,
    reading: recalled.reading,
    meaning: recalled.meaning,
    recalled: recalled.hits.map(({ id, score, signals }) => ({
      itemId: id,
      score,
      signals,
      tokens: 0,
      inPrompt: false,
    })),
    sections: [],
    ms: { recall: recalled.tookMs, beforeModel: 0, whole: ctx.now() - startedAt },
    citations: answer.citations.map(({ marker, itemId }) => ({
      marker,
      itemId,
      kept: true,
      reason: 'supported',
    })),
  };
}

/** Answers by quotes as an `Answerer` does. */
export async function* answerByQuotes(
  input: AnswerInput,
  deps: AnswerDeps,
  ctx: Ctx,
): AsyncIterable<AnswerPiece> {
  const startedAt = ctx.now();
  const { text, filter, excludeSources, mode, kept = false } = input;
  let recalled: RecallResult | undefined;
  const listening: AnswerDeps = {
    ...deps,
    recall: async (request, within) => (recalled = await deps.recall(request, within)),
  };
  const answer = await answerExtractively({ text, filter, excludeSources, kept }, listening, ctx);
  if (recalled === undefined) throw new AppError('internal', 'An answer was made without recall.');
  for (const delta of textDeltas(answer.text)) yield { kind: 'text', text: delta };
  yield { kind: 'whole', answer, trace: traceOf({ mode, startedAt, recalled, answer }, ctx) };
}
