import { readableDay } from '../../memory/readable-time.ts';
import { estimateTokens } from '../../memory/token-budget.ts';
import type { ModelMessage, ModelRequest } from '../../ports/language-model.ts';
import type { Hit } from '../../wire/recall.ts';
import type { AnswerTrace, ChatMode } from '../../wire/trace.ts';
import type { AnswerInput } from '../answerer.ts';
import { asData, delimiter } from './as-data.ts';
import { excerpt } from './excerpt.ts';
import { MODES } from './modes.ts';
import type { Plan } from './plan.ts';
import { promptBudget, shares } from './prompt-budget.ts';
import { rulesOf } from './prompt-texts.ts';
import { type Entries, type Entry, recalledEntries } from './recalled-entries.ts';
import { type RecentTurns, recentTurns } from './recent-turns.ts';

export interface PromptInput extends Pick<AnswerInput, 'text' | 'history' | 'summary'> {
  readonly mode: ChatMode;
  readonly persona: string;
  readonly plan: Plan | undefined;
  readonly contextTokens: number | undefined;
  readonly now: number;
}

/** A prompt without what was recalled: what stands in it need not be recalled. */
export interface OpenPrompt {
  readonly input: PromptInput;
  readonly outputTokens: number;
  readonly system: string;
  readonly recent: RecentTurns;
  readonly summary: string;
  readonly plan: string;
  readonly message: string;
  /** For what was recalled. */
  readonly freeTokens: number;
}

type Section = AnswerTrace['sections'][number];

export interface Prompt {
  readonly request: ModelRequest;
  readonly entries: readonly Entry[];
  readonly sections: readonly Section[];
}

/** Words of ours round the sections. */
const FRAME_TOKENS = 120;
/** A message takes no more than this share of the prompt. */
const MESSAGE_SHARE = 0.5;
const LEAST_MESSAGE = 100;
/** A summary shorter than this says nothing. */
const LEAST_SUMMARY = 40;

/** Divides the budget and fills in all but what was recalled. */
export function openPrompt(input: PromptInput): OpenPrompt {
  const { mode, persona, text, history, summary = '', contextTokens } = input;
  const { promptTokens, outputTokens } = promptBudget(contextTokens, MODES[mode]);
  const system = `${persona}\n\n${rulesOf(mode)}`;
  const plan = input.plan?.steps.map((step) => `- ${asData(step)}`).join('\n') ?? '';
  const besideSystem = promptTokens - estimateTokens(system) - FRAME_TOKENS;
  const most = Math.max(LEAST_MESSAGE, Math.min(Math.floor(promptTokens * MESSAGE_SHARE), besideSystem));
  const message = asData(excerpt(text, [], most));
  const fixed = [system, plan, message].reduce((sum, part) => sum + estimateTokens(part), FRAME_TOKENS);
  const share = shares(promptTokens - fixed);
  const recent = recentTurns(history, share.recent);
  const shortened = share.summary < LEAST_SUMMARY ? '' : asData(excerpt(summary, [], share.summary));
  const freeTokens = Math.max(0, promptTokens - fixed - recent.tokens - estimateTokens(shortened));
  return { input, outputTokens, system, recent, summary: shortened, plan, message, freeTokens };
}

function recalledText({ entries }: Entries): string {
  const part = (kind: Hit['place']['kind']) =>
    entries.filter(({ hit }) => hit.place.kind === kind).map(({ shown }) => shown);
  const memories = part('conversation');
  const documents = part('document');
  if (entries.length === 0) return delimiter('nothing was recalled');
  return [
    ...(memories.length === 0 ? [] : [delimiter('recalled from conversations'), ...memories]),
    ...(documents.length === 0 ? [] : [delimiter('recalled from documents'), ...documents]),
    delimiter('end of what was recalled'),
  ].join('\n');
}

function lastTurn({ input, summary, plan, message }: OpenPrompt, found: Entries): string {
  return [
    `Today is ${readableDay(input.now, 'en')}.`,
    ...(summary === ''
      ? []
      : [`${delimiter('earlier in this conversation')}\n${summary}\n${delimiter('end of earlier')}`]),
    recalledText(found),
    ...(plan === '' ? [] : [`${delimiter('steps for this answer')}\n${plan}`]),
    `${delimiter('the person writes')}\n${message}`,
  ].join('\n\n');
}

/** A turn of the user at the end of the recent ones becomes part of the last turn: two in a row some models refuse. */
function conversation(recent: readonly ModelMessage[], last: string): ModelMessage[] {
  const before = recent.at(-1);
  const said = before?.role === 'user' ? before.parts : [];
  const text = [...said.flatMap((part) => (part.kind === 'text' ? part.text : [])), last].join('\n\n');
  return [
    ...(said.length > 0 ? recent.slice(0, -1) : recent),
    { role: 'user', parts: [{ kind: 'text', text }] },
  ];
}

function sectionsOf(open: OpenPrompt, { entries, leftOut }: Entries): Section[] {
  const { input, system, recent, summary, plan, message } = open;
  const recalled = (name: 'memories' | 'documents', kind: Hit['place']['kind']): Section => ({
    name,
    tokens: entries.reduce((sum, { hit, tokens }) => sum + (hit.place.kind === kind ? tokens : 0), 0),
    leftOut: leftOut.filter(({ place }) => place.kind === kind).length,
  });
  const written = (name: Section['name'], text: string, leftOut_ = 0): Section => ({
    name,
    tokens: estimateTokens(text),
    leftOut: leftOut_,
  });
  const sections = [
    written('persona', system),
    written('summary', summary, input.summary !== undefined && summary === '' ? 1 : 0),
    { name: 'recent', tokens: recent.tokens, leftOut: recent.leftOut } as const,
    recalled('memories', 'conversation'),
    recalled('documents', 'document'),
    written('plan', plan),
    written('message', message),
  ];
  return sections.filter(({ tokens, leftOut: out }) => tokens > 0 || out > 0);
}

/** The whole prompt: persona and rules, the recent turns, then in the last turn what was recalled and the message. */
export function closePrompt(open: OpenPrompt, hits: readonly Hit[]): Prompt {
  const found = recalledEntries(hits, open.freeTokens);
  const messages: ModelMessage[] = [
    { role: 'system', text: open.system },
    ...conversation(open.recent.turns, lastTurn(open, found)),
  ];
  return {
    request: { messages, maxOutputTokens: open.outputTokens },
    entries: found.entries,
    sections: sectionsOf(open, found),
  };
}
