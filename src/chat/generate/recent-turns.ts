import { estimateTokens } from '../../memory/token-budget.ts';
import type { ModelMessage } from '../../ports/language-model.ts';
import type { EarlierMessage } from '../answerer.ts';
import { asData } from './as-data.ts';
import { excerpt } from './excerpt.ts';

/** The last messages as turns of a model, with the ids of those that are in them. */
export interface RecentTurns {
  readonly turns: readonly ModelMessage[];
  readonly ids: readonly string[];
  readonly tokens: number;
  readonly leftOut: number;
}

/** One message takes no more than this share of the room for all. */
const MOST_SHARE = 0.4;

/** Markers of earlier answers point to entries of earlier prompts. */
const MARKERS = /[ \t]*\[\d{1,3}(?:,\s*\d{1,3})*\](?!\()/gu;

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

function turnOf({ role, text }: EarlierMessage, tokens: number): Turn {
  const shown = asData(excerpt(text, [], tokens));
  if (role === 'assistant') return { role, text: shown.replaceAll(MARKERS, '') };
  return {
    role: 'user',
    text: role === 'user' ? shown : `(said by ${role === 'system' ? 'a program' : 'somebody else'}) ${shown}`,
  };
}

/** Turns take turns: what one side said in a row is one turn. */
function merged(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = [];
  for (const turn of turns) {
    const last = joined.at(-1);
    if (last?.role === turn.role)
      joined[joined.length - 1] = { ...last, text: `${last.text}\n\n${turn.text}` };
    else joined.push(turn);
  }
  return joined;
}

function asMessage({ role, text }: Turn): ModelMessage {
  return role === 'assistant' ? { role, text } : { role, parts: [{ kind: 'text', text }] };
}

/** The newest messages that fit, without a gap, beginning with one of the user as templates of models want it. */
export function recentTurns(history: readonly EarlierMessage[], budget: number): RecentTurns {
  const most = Math.floor(budget * MOST_SHARE);
  // An answer that was stopped before its first word is kept without any, and models refuse empty turns.
  const said = history
    .map((message) => ({ id: message.id, turn: turnOf(message, most) }))
    .filter(({ turn }) => turn.text.trim() !== '');
  const kept: { readonly id: string; readonly turn: Turn; readonly tokens: number }[] = [];
  let left = budget;
  for (const { id, turn } of said.toReversed()) {
    const tokens = estimateTokens(turn.text);
    if (tokens > left) break;
    kept.unshift({ id, turn, tokens });
    left -= tokens;
  }
  const first = kept.findIndex(({ turn }) => turn.role === 'user');
  const shown = first < 0 ? [] : kept.slice(first);
  return {
    turns: merged(shown.map(({ turn }) => turn)).map(asMessage),
    ids: shown.map(({ id }) => id),
    tokens: shown.reduce((sum, { tokens }) => sum + tokens, 0),
    leftOut: said.length - shown.length,
  };
}
