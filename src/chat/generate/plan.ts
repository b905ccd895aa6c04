import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { toAppError } from '../../core/errors.ts';
import type { JsonSchema, ModelRequest, ModelUsage, ReadyModel } from '../../ports/language-model.ts';
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
export interface Planned {
  readonly plan?: Plan;
  readonly usage?: ModelUsage | undefined;
  readonly costMicros?: number | undefined;
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

const list = { type: 'array', items: { type: 'string' } } as const;
const SCHEMA: JsonSchema = {
  type: 'object',
  properties: { question: { type: 'string' }, searches: list, steps: list },
  required: ['question', 'searches', 'steps'],
  additionalProperties: false,
};

/** A plan that is late is no help. */
const WITHIN_MS = 15_000;
const OUTPUT_TOKENS = 800;
const EARLIER_MESSAGES = 6;
const MESSAGE_TOKENS = 200;

function planRequest({ text, history, summary }: AnswerInput): ModelRequest {
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
    output: { name: 'plan', schema: SCHEMA },
  };
}

/** The plan in what a model wrote, perhaps with words round it; throws when there is none. */
function readPlan(written: string): Plan {
  return PlanAnswer.parse(JSON.parse(written.slice(written.indexOf('{'), written.lastIndexOf('}') + 1)));
}

async function asked(model: ReadyModel, request: ModelRequest, signal: AbortSignal) {
  let written = '';
  for await (const event of model.stream(request, signal)) {
    if (event.kind === 'text') written += event.text;
    if (event.kind === 'end') return { written, usage: event.usage, costMicros: event.costMicros };
  }
  return { written, usage: undefined, costMicros: undefined };
}

/** Asks once for a plan, from the conversation alone. Without one the answer goes on: nothing but an abort throws. */
export async function makePlan(
  input: AnswerInput,
  deps: Pick<GenerateDeps, 'modelOf'>,
  ctx: Ctx,
): Promise<Planned> {
  const purpose = { feature: 'chat-plan', promptVersion: promptVersion(PLAN_RULES), userId: input.userId };
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(WITHIN_MS)]);
  let spent: Planned = {};
  try {
    const model = await deps.modelOf('chat', purpose, ctx);
    if (model === undefined) return {};
    const { written, ...costs } = await asked(model, planRequest(input), signal);
    spent = costs;
    return { ...spent, plan: readPlan(written) };
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    ctx.log.info('answer-without-plan', {
      code: thrown instanceof Error ? thrown.name : toAppError(thrown).code,
    });
    return spent;
  }
}
