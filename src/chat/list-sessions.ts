import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { queryTerms } from '../memory/analyser.ts';
import { detectLanguage } from '../memory/language.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { SessionQuery, SessionView } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import { sessionView } from './views.ts';

type Page = { readonly items: SessionView[]; readonly next?: string };

/** How many sessions a search looks at: by title, and by what was said. */
const SEARCHED = 400;

interface After {
  readonly updatedAt: number;
  readonly id: string;
}

function badCursor(): AppError {
  return new AppError('invalid-input', 'Expected `cursor` to be the `next` of the page before.');
}

function readAfter(cursor: string): After {
  const [, time, id] = /^(-?\d{1,16})\.([0-9a-f-]{36})$/u.exec(cursor) ?? [];
  if (time === undefined || id === undefined) throw badCursor();
  return { updatedAt: Number(time), id };
}

/** Rows after a place in the order "last used first, then by id". */
async function rowsAfter(tx: OwnerTx, after: After | undefined, limit: number): Promise<ChatSessionRow[]> {
  const sessions = tx.table('chatSessions');
  const byTime = [
    ['updatedAt', 'desc'],
    ['id', 'asc'],
  ] as const;
  if (!after) return sessions.list({ orderBy: byTime, limit });
  const { updatedAt, id } = after;
  const tied = await sessions.list({ where: { updatedAt, id: { gt: id } }, orderBy: byTime, limit });
  if (tied.length === limit) return tied;
  const older = await sessions.list({
    where: { updatedAt: { lt: updatedAt } },
    orderBy: byTime,
    limit: limit - tied.length,
  });
  return [...tied, ...older];
}

/** Sessions in which the words were said, best first. */
async function saidIn(query: string, deps: Pick<ChatStores, 'memory'>, ctx: Ctx): Promise<string[]> {
  const request = {
    terms: queryTerms(query, detectLanguage(query)),
    vectors: [],
    filter: { kinds: ['message'] as const },
    candidates: SEARCHED,
  };
  const found = await deps.memory.search(ctx.ownerId, request, ctx.signal);
  const ranked = found.filter(({ words }) => words > 0).sort((a, b) => b.words - a.words);
  return [...new Set(ranked.flatMap(({ sessionId }) => sessionId ?? []))];
}

async function search(
  input: SessionQuery & { readonly query: string },
  deps: Pick<ChatStores, 'ledger' | 'memory'>,
  ctx: Ctx,
): Promise<Page> {
  const start = Number(input.cursor ?? 0);
  if (!Number.isSafeInteger(start) || start < 0) throw badCursor();
  const said = await saidIn(input.query, deps, ctx);
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const sessions = tx.table('chatSessions');
    const titled = await sessions.list({
      where: { title: { contains: input.query } },
      orderBy: [['updatedAt', 'desc']],
      limit: SEARCHED,
    });
    const rows = new Map(titled.map((row) => [row.id, row]));
    const others = said.filter((id) => !rows.has(id));
    const found = others.length === 0 ? [] : await sessions.list({ where: { id: { in: others } } });
    const byId = new Map(found.map((row) => [row.id, row]));
    for (const id of others) {
      const row = byId.get(id);
      if (row) rows.set(id, row);
    }
    const end = start + input.limit;
    const items = [...rows.values()].slice(start, end).map(sessionView);
    return { items, ...(end < rows.size ? { next: String(end) } : {}) };
  });
}

/**
 * Conversations, last used first, in pages. With `query`: those whose title contains it, then those in which its words
 * were said, best first (at most 400 of each).
 */
export async function listSessions(
  input: SessionQuery,
  deps: Pick<ChatStores, 'ledger' | 'memory'>,
  ctx: Ctx,
): Promise<Page> {
  const { query, cursor, limit } = input;
  if (query !== undefined) return search({ ...input, query }, deps, ctx);
  const after = cursor === undefined ? undefined : readAfter(cursor);
  const rows = await deps.ledger.forOwner(ctx.ownerId, (tx) => rowsAfter(tx, after, limit + 1));
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map(sessionView),
    ...(rows.length > limit && last ? { next: `${last.updatedAt}.${last.id}` } : {}),
  };
}
