import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { type ErrorCode, toAppError } from '../../core/errors.ts';
import type { StructuredAsk, StructuredCosts } from '../../ports/structured-output.ts';
import type { AnswerInput } from '../answerer.ts';
import { asData, delimiter } from './as-data.ts';
import { excerpt } from './excerpt.ts';
import type { GenerateDeps } from './generate-deps.ts';
import { PLAN_RULES, promptVersion } from './prompt-texts.ts';

/** How a deliberate answer is gone about. */
export interface Plan {
  /** The message as a question that stands alone. */
  readonly question: string;
  readonly searches: readonly string[];
  readonly steps: readonly string[];
}

/** A plan, or none, and what looking for it took. */
export interface Planned extends StructuredCosts {
  readonly plan?: Plan;
}

const LONGEST = 400;
const MOST_SEARCHES = 4;
const MOST_STEPS = 5;
const Line = z.string().trim().min(1);

/** Longer or more than asked for is cut, not refused. */
const lines = (most: number) =>
  z.array(Line.catch('')).transform((given) =>
    given
      .filter((line) => line !== '')
      .slice(0, most)
      .map((line) => line.slice(0, LONGEST)),
  );
const PlanAnswer = z.object({
  question: Line.transform((line) => line.slice(0, LONGEST)),
  searches: lines(MOST_SEARCHES).catch([]),
  steps: lines(MOST_STEPS).catch([]),
});

/** What is asked for. */
const PlanTold = z.strictObject({
  question: z.string(),
  searches: z.array(z.string()),
  steps: z.array(z.string()),
});

/** For a plan and its repair together: one that is late is no help. */
const WITHIN_MS = 15_000;
const OUTPUT_TOKENS = 800;
const EARLIER_MESSAGES = 6;
const MESSAGE_TOKENS = 200;

function planRequest({ text, history, summary }: AnswerInput): StructuredAsk<Plan>['request'] {
  const said = history
    .slice(-EARLIER_MESSAGES)
    .map(({ role, text: earlier }) => `${role}: ${asData(excerpt(earlier, [], MESSAGE_TOKENS))}`);
  const earlier = [...(summary === undefined ? [] : [asData(excerpt(summary, [], MESSAGE_TOKENS))]), ...said];
  const parts = [
    ...(earlier.length === 0 ? [] : [delimiter('said before'), ...earlier]),
    delimiter('last message'),
    asData(excerpt(text, [], 2 * MESSAGE_TOKENS)),
  ];
  return {
    messages: [
      { role: 'system', text: PLAN_RULES },
      { role: 'user', parts: [{ kind: 'text', text: parts.join('\n') }] },
    ],
    maxOutputTokens: OUTPUT_TOKENS,
  };
}

/** Asks for a plan, from the conversation alone. Without one the answer goes on: nothing but an abort throws. */
export async function makePlan(
  input: AnswerInput,
  deps: Pick<GenerateDeps, 'modelOf' | 'structured'>,
  ctx: Ctx,
): Promise<Planned> {
  const purpose = { feature: 'chat-plan', promptVersion: promptVersion(PLAN_RULES), userId: input.userId };
  const ask = { name: 'plan', schema: PlanAnswer, told: PlanTold, request: planRequest(input) };
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(WITHIN_MS)]);
  const without = (code: ErrorCode) => ctx.log.info('answer-without-plan', { code });
  try {
    const model = await deps.modelOf('chat', purpose, ctx);
    if (model === undefined) return {};
    const made = await deps.structured<Plan | undefined>(model, ask, () => undefined, signal);
    if (made.by === 'floor') without(made.reason);
    const { value, usage, costMicros } = made;
    return { ...(value && { plan: value }), usage, costMicros };
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    without(toAppError(thrown).code);
    return {};
  }
}
