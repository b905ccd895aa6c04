import type { Ctx } from '../core/context.ts';
import { matchedWords, queryTerms } from '../memory/analyser.ts';
import { detectLanguage } from '../memory/language.ts';
import type { QueryTerm } from '../ports/memory-store.ts';
import type { SessionMatch } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import { hiddenSources } from './hidden-sources.ts';

/** How many messages a search looks at. */
const SEARCHED = 400;
/** Characters of a snippet, and how many of them stand before the word that was found. */
const SNIPPET = 160;
const BEFORE = 50;
/** Where a word is looked for: the analyser takes its time with a message as long as a book. */
const LOOKED_AT = 20_000;

/** The message in which the words of a search were said best, by session; best session first. */
export async function bestMessages(
  query: string,
  deps: Pick<ChatStores, 'ledger' | 'memory'>,
  ctx: Ctx,
): Promise<Map<string, string>> {
  const request = {
    terms: queryTerms(query, detectLanguage(query)),
    vectors: [],
    filter: { kinds: ['message'] as const },
    candidates: SEARCHED,
  };
  const hidden = new Set(await hiddenSources(deps, ctx));
  const found = await deps.memory.search(ctx.ownerId, request, ctx.signal);
  const ranked = found
    .filter(({ id, words }) => words > 0 && !hidden.has(id))
    .sort((a, b) => b.words - a.words);
  const best = new Map<string, string>();
  for (const { id, sessionId } of ranked)
    if (sessionId !== undefined && !best.has(sessionId)) best.set(sessionId, id);
  return best;
}

/** Where the first of the words asked for stands; 0 when none is found as written. */
function firstMatch(text: string, language: string | undefined, terms: readonly QueryTerm[]): number {
  const [word] = matchedWords(text, language, terms);
  if (word === undefined) return 0;
  // Of the signs a word can have, only the dot means something in a pattern.
  return Math.max(0, text.search(new RegExp(`(?<![\\p{L}\\p{N}])${word.replaceAll('.', '\\.')}`, 'u')));
}

/** A line of at most 160 characters round the first word that was asked for, cut at blanks where some are near. */
function snippetOf(text: string, language: string | undefined, terms: readonly QueryTerm[]): string {
  const line = text.slice(0, LOOKED_AT).toWellFormed().replaceAll(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  if (characters.length <= SNIPPET) return line;
  const match = Array.from(line.slice(0, firstMatch(line, language, terms))).length;
  const from = Math.max(0, match - BEFORE);
  const to = from + SNIPPET - 2;
  const piece = characters.slice(from, to).join('');
  const begun = from === 0 ? piece : `…${piece.replace(/^\S{0,20}\s/u, '')}`;
  return to >= characters.length ? begun : `${begun.replace(/\s\S{0,20}$/u, '')}…`;
}

/** The given messages as a search shows them, by session. */
export async function sessionMatches(
  query: string,
  messageIds: readonly string[],
  deps: Pick<ChatStores, 'memory'>,
  ctx: Ctx,
): Promise<Map<string, SessionMatch>> {
  if (messageIds.length === 0) return new Map();
  const terms = queryTerms(query, detectLanguage(query));
  const items = await deps.memory.get(ctx.ownerId, messageIds, ctx.signal);
  return new Map(
    items.map(({ id, sessionId = '', text = '', language, eventTime, createdAt }) => [
      sessionId,
      { messageId: id, snippet: snippetOf(text, language, terms), time: eventTime ?? createdAt },
    ]),
  );
}
