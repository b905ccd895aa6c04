import type { AnswerTrace } from '../../../../wire/trace.ts';
import { call } from './api.ts';
import { openPassage } from './citation-panel.ts';
import { act, el } from './dom.ts';
import { showPanel } from './panel.ts';

/** What a trace says where no model has the role. */
const NO_MODEL = 'no-model';

const ms = (value: number) => `${Math.round(value)} ms`;

function row(name: string, value: string): HTMLElement {
  return el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value));
}

function modelOf({ model, fellBack }: AnswerTrace): string {
  if (model !== undefined) return `${model.provider} · ${model.model}`;
  const why = fellBack === undefined || fellBack === NO_MODEL ? '' : ` (${fellBack})`;
  return `none, quotes from memory${why}`;
}

/** Quotes have no price, and some models none that is known. */
function costOf({ model, costMicros }: AnswerTrace): string {
  if (model === undefined) return '–';
  return costMicros === undefined ? 'unknown' : (costMicros / 1e6).toFixed(4);
}

/** A passage that was recalled; `leftOut` where a prompt was made without it. */
function hitElement(
  { itemId, score }: AnswerTrace['recalled'][number],
  best: number,
  leftOut: boolean,
): HTMLElement {
  return el(
    'p',
    { class: leftOut ? 'hit left-out' : 'hit' },
    el('meter', { min: 0, max: best, value: Math.max(0, score), 'aria-label': 'Score' }),
    ` ${score.toFixed(2)}${leftOut ? ', not in the prompt' : ''} `,
    el('button', { class: 'quiet', onclick: act(() => openPassage(itemId)) }, 'Open'),
  );
}

/** Why an answer is as it is, beside the conversation. */
export async function showTrace(messageId: string): Promise<void> {
  const trace = await call<AnswerTrace>('GET', `/api/messages/${messageId}/trace`);
  const { reading, tokens, model, recalled, sections, citations } = trace;
  const best = Math.max(...recalled.map(({ score }) => score), 0.001);
  showPanel(
    'Why this answer',
    el(
      'table',
      {},
      row('Understood as', [...reading.terms, reading.timeText ?? ''].join(' ')),
      row('Mode', trace.mode),
      row('Model', modelOf(trace)),
      row('Tokens', tokens === undefined ? '–' : `${tokens.input} in, ${tokens.output} out`),
      row('Cost', costOf(trace)),
      row('Recall', ms(trace.ms.recall)),
      row('Before the model', ms(trace.ms.beforeModel)),
      row('Whole', ms(trace.ms.whole)),
    ),
    el('h3', {}, 'Recalled'),
    ...(recalled.length === 0
      ? ['Nothing.']
      : recalled.map((hit) => hitElement(hit, best, model !== undefined && !hit.inPrompt))),
    ...(sections.length === 0
      ? []
      : [
          el('h3', {}, 'Prompt'),
          el('table', {}, ...sections.map(({ name, tokens: size }) => row(name, `${size} tokens`))),
        ]),
    el('h3', {}, 'Citations'),
    ...(citations.length === 0 ? ['None.'] : []),
    ...citations.map(({ marker, kept, reason }) =>
      el('p', {}, `[${marker}] ${kept ? 'kept' : 'dropped'}: ${reason}`),
    ),
  );
}
