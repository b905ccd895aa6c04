import type { Place } from '../../../wire/recall.ts';
import type { AnswerTrace } from '../../../wire/trace.ts';
import { count, duration, moment } from '../format.ts';
import type { Look } from '../look.ts';
import { oneLine, truncate } from '../plain-text.ts';
import { pairs } from '../table.ts';
import { placeLine } from './place-view.ts';
import { readingLine } from './recall-view.ts';

/** Places of what was recalled, by id, as far as they are still there. */
export type Places = ReadonlyMap<string, Place>;

type TracedHit = AnswerTrace['recalled'][number];

const BAR = 12;
const READABLE = 100;
const MILLION = 1_000_000;

/** A bar as long as the share of the way from the least, or 0, to the most. */
function bar(value: number, values: readonly number[]): string {
  const least = Math.min(0, ...values);
  const range = Math.max(...values) - least;
  const filled = range === 0 ? BAR : Math.round(((value - least) / range) * BAR);
  return '█'.repeat(filled).padEnd(BAR, '░');
}

/** What a recalled item is in the picture. */
interface HitText {
  readonly number: string;
  readonly bar: string;
  readonly where: string;
  /** How much of the prompt it takes; empty where there was no prompt. */
  readonly size: string;
}

function sizeText({ tokens, inPrompt }: TracedHit, { model }: AnswerTrace): string {
  if (model === undefined) return '';
  return inPrompt ? `  ${tokens} tokens` : '  not in the prompt';
}

function hitLine({ score, inPrompt }: TracedHit, { number, bar: shown, where, size }: HitText, look: Look) {
  const line = `${number.padEnd(5)}${shown} ${score.toFixed(2).padStart(6)}  ${where}${size}`;
  return look.style(inPrompt ? 'cyan' : 'dim', `  ${truncate(line, Math.min(look.width, READABLE) - 2)}`);
}

function recalledLines(trace: AnswerTrace, places: Places, look: Look): string[] {
  const { recalled, meaning, model } = trace;
  if (recalled.length === 0) return ['', look.style('bold', 'Recalled'), '  Nothing.'];
  const scores = recalled.map(({ score }) => score);
  const shown = recalled.filter(({ inPrompt }) => inPrompt).length;
  let marker = 0;
  const lines = recalled.map((hit) => {
    const place = places.get(hit.itemId);
    const where = place === undefined ? look.id(hit.itemId) : placeLine(place);
    const number = hit.inPrompt ? `[${++marker}]` : '';
    return hitLine(hit, { number, bar: bar(hit.score, scores), where, size: sizeText(hit, trace) }, look);
  });
  const words = meaning ? '' : ', by words alone';
  const used = model === undefined ? '' : `, ${shown} in the prompt`;
  const head = `Recalled: ${count(recalled.length, 'hit')}${used}${words}`;
  return ['', look.style('bold', head), ...lines];
}

function sectionLines({ sections }: AnswerTrace, look: Look): string[] {
  if (sections.length === 0) return [];
  const sizes = sections.map(({ tokens }) => tokens);
  const all = sizes.reduce((sum, tokens) => sum + tokens, 0);
  const lines = sections.map(({ name, tokens, leftOut }) => {
    const out = leftOut === 0 ? '' : `  ${leftOut} left out`;
    return `  ${name.padEnd(10)}${bar(tokens, sizes)} ${tokens.toLocaleString('en').padStart(6)}${out}`;
  });
  return ['', look.style('bold', `Prompt: about ${count(all, 'token')}`), ...lines];
}

function modelText({ model, fellBack, ended }: AnswerTrace): string {
  if (model === undefined) return `none, quotes alone${fellBack === undefined ? '' : ` (${fellBack})`}`;
  const end = ended === undefined || ended === 'stop' ? '' : `, ended by ${ended}`;
  return `${model.model} of ${model.provider} as ${model.role}, prompt ${model.promptVersion}${end}`;
}

function priceText(costMicros: number | undefined): string {
  if (costMicros === undefined) return 'price unknown';
  return costMicros === 0 ? 'free' : `cost ${(costMicros / MILLION).toFixed(6)}`;
}

function spentText({ tokens, costMicros }: AnswerTrace): string | undefined {
  if (tokens === undefined) return undefined;
  const cached = tokens.cached === 0 ? '' : ` (${tokens.cached.toLocaleString('en')} cached)`;
  return `${tokens.input.toLocaleString('en')} in${cached}, ${tokens.output.toLocaleString('en')} out, ${priceText(costMicros)}`;
}

function timeText({ ms }: AnswerTrace): string {
  const first = ms.firstToken === undefined ? [] : [`first word ${duration(ms.firstToken)}`];
  const before = [`recall ${duration(ms.recall)}`, `before the model ${duration(ms.beforeModel)}`];
  return [...before, ...first, `whole ${duration(ms.whole)}`].join(' · ');
}

function citationText({ citations }: AnswerTrace): string {
  const of = (kept: boolean) => citations.filter((citation) => citation.kept === kept);
  const kept = of(true).map(({ marker }) => `[${marker}]`);
  const dropped = of(false).map(({ marker, reason }) => `[${marker}] ${reason}`);
  const parts = [
    kept.length === 0 ? 'none kept' : `kept ${kept.join(' ')}`,
    ...(dropped.length === 0 ? [] : [`dropped ${dropped.join(', ')}`]),
  ];
  return parts.join('; ');
}

/** Why an answer is as it is, from the question to its citations. */
export function traceLines(trace: AnswerTrace, places: Places, look: Look): string[] {
  const head = `Answer ${look.id(trace.messageId)} · ${moment(trace.at)} · ${trace.mode}`;
  const facts = [
    ['Model', modelText(trace)],
    ['Tokens', spentText(trace)],
    ['Time', timeText(trace)],
    ['Citations', citationText(trace)],
  ] as const;
  return [
    look.style('bold', head),
    oneLine(readingLine(trace.reading)),
    ...recalledLines(trace, places, look),
    ...sectionLines(trace, look),
    '',
    ...pairs(facts, look),
  ];
}
