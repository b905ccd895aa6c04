import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Reads } from '../ports/ledger.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { SessionQuery, SessionView } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import { bestMessages, sessionMatches } from './session-matches.ts';
import { sessionView } from './views.ts';

type Page = { readonly items: SessionView[]; readonly next?: string };

/** How many sessions a search looks at by their titles. */
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
async function rowsAfter(reads: Reads, after: After | undefined, limit: number): Promise<ChatSessionRow[]> {
  const sessions = reads.table('chatSessions');
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

/** Sessions whose title contains the query, last used first, then those in which its words were said, best first. */
async function foundRows(reads: Reads, query: string, said: readonly string[]): Promise<ChatSessionRow[]> {
  const sessions = reads.table('chatSessions');
  const titled = await sessions.list({
    where: { title: { contains: query } },
    orderBy: [['updatedAt', 'desc']],
    limit: SEARCHED,
  });
  const known = new Set(titled.map(({ id }) => id));
  const others = said.filter((id) => !known.has(id));
  const found = others.length === 0 ? [] : await sessions.list({ where: { id: { in: others } } });
  const byId = new Map(found.map((row) => [row.id, row]));
  return [...titled, ...others.flatMap((id) => byId.get(id) ?? [])];
}

async function search(
  input: SessionQuery & { readonly query: string },
  deps: Pick<ChatStores, 'ledger' | 'memory'>,
  ctx: Ctx,
): Promise<Page> {
  const start = Number(input.cursor ?? 0);
  if (!Number.isSafeInteger(start) || start < 0) throw badCursor();
  const best = await bestMessages(input.query, deps, ctx);
  const rows = await foundRows(deps.ledger.readsOf(ctx.ownerId), input.query, [...best.keys()]);
  const end = start + input.limit;
  const page = rows.slice(start, end);
  const messageIds = page.flatMap(({ id }) => best.get(id) ?? []);
  const matches = await sessionMatches(input.query, messageIds, deps, ctx);
  const items = page.map((row) => {
    const match = matches.get(row.id);
    return { ...sessionView(row), ...(match === undefined ? {} : { match }) };
  });
  return { items, ...(end < rows.length ? { next: String(end) } : {}) };
}

/**
 * Conversations, last used first, in pages. With `query`: those whose title contains it, then those in which its words
 * were said, best first (at most 400 titles, and 400 messages), each with the message that matches best.
 */
export async function listSessions(
  input: SessionQuery,
  deps: Pick<ChatStores, 'ledger' | 'memory'>,
  ctx: Ctx,
): Promise<Page> {
  const { query, cursor, limit } = input;
  if (query !== undefined) return search({ ...input, query }, deps, ctx);
  const after = cursor === undefined ? undefined : readAfter(cursor);
  const rows = await rowsAfter(deps.ledger.readsOf(ctx.ownerId), after, limit + 1);
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map(sessionView),
    ...(rows.length > limit && last ? { next: `${last.updatedAt}.${last.id}` } : {}),
  };
}
