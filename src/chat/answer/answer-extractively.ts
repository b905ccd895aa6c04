import type { Ctx } from '../../core/context.ts';
import { queryTerms } from '../../memory/analyser.ts';
import { writtenLanguage } from '../../memory/readable-time.ts';
import type { RecallFilter } from '../../wire/recall.ts';
import type { Answer } from '../../wire/sessions.ts';
import type { AnswerDeps } from '../chat-deps.ts';
import { asksSomething } from './asks-something.ts';
import { choosePassages } from './choose-passages.ts';
import { composeAnswer } from './compose-answer.ts';
import { bestCoverage, bestNamed, isEnough, nearness, repeats } from './evidence.ts';
import { namedWords } from './named-words.ts';
import { passagesOf } from './passages.ts';
import { othersLead } from './others-lead.ts';
import { nothingFound, remembered } from './phrases.ts';
import { ratePassages, termWeights } from './rate-passages.ts';

/** What is asked, over what, and which sources must not answer (the question itself). */
export interface Question {
  readonly text: string;
  readonly filter: RecallFilter;
  readonly excludeSources?: readonly string[];
  /** The text is kept as a message, so that one which asks nothing has done its work. */
  readonly kept?: boolean;
}

const HITS = 12;
const HIT_TOKENS = 6_000;
const NEAREST = 3;

/**
 * The floor that needs no language model: the best sentences of what was recalled, each with its citation, or
 * `nothing-found` with the nearest hits when the evidence is weak. A kept message that asks nothing is `remembered`
 * unless memory has it nearly word for word.
 */
export async function answerExtractively(
  { text: question, filter, excludeSources = [], kept = false }: Question,
  deps: AnswerDeps,
  ctx: Ctx,
): Promise<Answer> {
  const startedAt = ctx.now();
  const request = { question, filter, limit: HITS, tokenBudget: HIT_TOKENS, neighbours: 0, excludeSources };
  const { hits, reading } = await deps.recall(request, ctx);
  const passages = passagesOf(hits);
  const weights = termWeights(queryTerms(question, reading.language), passages);
  const names = namedWords(question, reading.language, reading.timeText);
  const asked = { question, language: reading.language, names, weights };
  const language = writtenLanguage(reading.language);
  const [rated, near] = await Promise.all([
    ratePassages(asked, passages, deps.embedder().embedder, ctx),
    nearness({ text: question, language: reading.language }, hits, deps, ctx),
  ]);
  const tookMs = ctx.now() - startedAt;
  const chosen = choosePassages(rated);
  const evidence = {
    coverage: bestCoverage(rated),
    nearness: near,
    named: bestNamed(chosen),
    othersLead: othersLead(rated, reading.speaker),
  };
  const tells = kept && !asksSomething(question);
  if (rated.length > 0 && isEnough(evidence) && !(tells && !repeats(evidence))) {
    const quoted = chosen.map(({ passage }) => passage);
    return { kind: 'extractive', ...composeAnswer(quoted, language), nearest: [], tookMs };
  }
  if (tells) return { kind: 'remembered', text: remembered(language), citations: [], nearest: [], tookMs };
  const nearest = hits.slice(0, NEAREST);
  return { kind: 'nothing-found', text: nothingFound(language), citations: [], nearest, tookMs };
}
