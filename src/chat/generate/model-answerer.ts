import type { Ctx } from '../../core/context.ts';
import { isAbort, toAppError } from '../../core/errors.ts';
import type { FinishReason, ReadyModel } from '../../ports/language-model.ts';
import type { Answerer, AnswerInput, AnswerPiece } from '../answerer.ts';
import { answerByQuotes } from '../answer/floor-answerer.ts';
import { citing } from './citing.ts';
import { recallQuestion } from './follow-up.ts';
import type { GenerateDeps } from './generate-deps.ts';
import { MODES } from './modes.ts';
import { personaText } from './personas.ts';
import { makePlan, type Planned } from './plan.ts';
import { closePrompt, openPrompt } from './prompt.ts';
import { promptVersion, rulesOf } from './prompt-texts.ts';
import { recallWidely } from './recall-widely.ts';
import { type Speech, spoken } from './spoken.ts';
import { type Told, toldTrace } from './told-trace.ts';

const NO_MODEL = 'no-model';

/** The answer made of quotes, saying why no model gave it. */
async function* floor(
  input: AnswerInput,
  fellBack: string,
  deps: GenerateDeps,
  ctx: Ctx,
): AsyncIterable<AnswerPiece> {
  for await (const piece of answerByQuotes(input, deps, ctx)) {
    if (piece.kind !== 'whole') {
      yield piece;
      continue;
    }
    // Who has set no model misses none.
    const answer = fellBack === NO_MODEL ? piece.answer : { ...piece.answer, fellBack };
    yield { ...piece, answer, trace: { ...piece.trace, fellBack } };
  }
}

interface Voice {
  readonly model: ReadyModel;
  readonly persona: string;
  readonly version: string;
}

/** Everything up to the call of the model: the plan, what is recalled, the prompt. */
async function prepare(input: AnswerInput, { model, persona }: Voice, deps: GenerateDeps, ctx: Ctx) {
  const { mode, text, history, filter } = input;
  const { hits: limit, plans } = MODES[mode];
  const planned: Planned = plans ? await makePlan(input, deps, ctx) : {};
  const { plan } = planned;
  const { contextTokens } = model.facts;
  const open = openPrompt({ ...input, persona, plan, contextTokens, now: ctx.now() });
  const questions = plan ? [plan.question, ...plan.searches] : [recallQuestion(text, history)];
  const excludeSources = [...input.excludeSources, ...open.recent.ids];
  const startedAt = ctx.now();
  const recalled = await recallWidely({ questions, filter, excludeSources, limit }, deps.recall, ctx);
  const recallMs = ctx.now() - startedAt;
  return { planned, recalled, recallMs, prompt: closePrompt(open, recalled.hits) };
}

/** Why an answer that ended this way is not whole; `undefined` when it is. */
function cutOf(reason: FinishReason | undefined): string | undefined {
  if (reason === undefined) return 'unavailable';
  return reason === 'length' || reason === 'content-filter' ? reason : undefined;
}

/** Why nothing was said: the floor must answer. `undefined` when something was, or when it was stopped. */
function silence({ text, failure }: Speech, signal: AbortSignal): string | undefined {
  if (text !== '' || signal.aborted) return undefined;
  return failure?.code ?? 'empty';
}

async function* byModel(
  input: AnswerInput,
  voice: Voice,
  deps: GenerateDeps,
  ctx: Ctx,
): AsyncIterable<AnswerPiece> {
  const startedAt = ctx.now();
  const { model, version } = voice;
  const prepared = await prepare(input, voice, deps, ctx);
  const { request, entries } = prepared.prompt;
  const cites = citing(entries, prepared.recalled.reading.language);
  const speech: Speech = { text: '' };
  const askedAt = ctx.now();
  for await (const text of spoken({ model, request, cites }, speech, ctx)) yield { kind: 'text', text };
  const silent = silence(speech, ctx.signal);
  if (silent !== undefined) {
    ctx.log.warn('answer-fell-to-the-floor', { code: silent });
    yield* floor(input, silent, deps, ctx);
    return;
  }
  const { failure, end, text } = speech;
  const stopped = end === undefined && ctx.signal.aborted;
  const cutBy = failure?.code ?? (stopped ? 'aborted' : cutOf(end?.reason));
  const told: Told = {
    ...prepared,
    mode: input.mode,
    name: model.facts.name,
    version,
    speech,
    startedAt,
    askedAt,
  };
  yield {
    kind: 'whole',
    answer: {
      kind: 'generated',
      text,
      citations: cites.citations(),
      nearest: [],
      ...(cutBy === undefined ? {} : { interrupted: true, cutBy }),
      tookMs: ctx.now() - startedAt,
    },
    trace: toldTrace(told, cites.fates(), ctx.now()),
  };
}

/** The model that is to speak, or why there is none. */
async function findModel(
  input: AnswerInput,
  version: string,
  deps: GenerateDeps,
  ctx: Ctx,
): Promise<ReadyModel | string> {
  try {
    const purpose = { feature: 'chat', promptVersion: version, userId: input.userId };
    return (await deps.modelOf('chat', purpose, ctx)) ?? NO_MODEL;
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    if (isAbort(thrown)) throw thrown;
    return toAppError(thrown).code;
  }
}

/**
 * Answers in the words of the model that has the role `chat`, from what is recalled; without one, or when it fails before
 * its first word, by quotes. See `Answerer`.
 */
export function modelAnswerer(deps: GenerateDeps): Answerer {
  return async function* (input, ctx) {
    const persona = await personaText(input.persona, deps.personas);
    const version = promptVersion(persona, rulesOf(input.mode));
    const model = await findModel(input, version, deps, ctx);
    yield* typeof model === 'string'
      ? floor(input, model, deps, ctx)
      : byModel(input, { model, persona, version }, deps, ctx);
  };
}
