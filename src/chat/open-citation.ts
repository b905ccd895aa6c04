import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { placeOf } from '../memory/place.ts';
import type { TextReader } from '../memory/texts.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { CitationView } from '../wire/recall.ts';
import type { ChatStores } from './chat-deps.ts';
import { hiddenSources } from './hidden-sources.ts';
import { sessionTitles } from './sessions.ts';

export interface CitationDeps extends Pick<ChatStores, 'ledger' | 'memory'> {
  readonly texts: TextReader;
}

/** How many messages or chunks before and after are shown. */
const NEIGHBOURS = { message: 2, chunk: 1 } as const;

type Around = Pick<CitationView, 'before' | 'text' | 'after'>;

const asSaid = (item: MemoryItem, text: string) => `${item.author ?? item.role ?? 'someone'}: ${text}`;

/** The places before and after an item in its conversation or document. */
async function betweenNeighbours(
  item: MemoryItem,
  reach: number,
  deps: CitationDeps,
  ctx: Ctx,
): Promise<Around> {
  const { sessionId, documentId, position } = item;
  const range = {
    from: Math.max(0, position - reach),
    to: position + reach,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(documentId === undefined ? {} : { documentId }),
  };
  const near = (sessionId ?? documentId) ? await deps.memory.at(ctx.ownerId, [range], ctx.signal) : [];
  const texts = await deps.texts.read(ctx.ownerId, [item, ...near], ctx.signal);
  const said = (other: MemoryItem) => {
    const text = texts.get(other.id) ?? '';
    return item.kind === 'message' ? asSaid(other, text) : text;
  };
  const glue = item.kind === 'message' ? '\n' : '';
  const others = near.filter(({ id }) => id !== item.id);
  const join = (side: readonly MemoryItem[]) => side.map(said).join(glue);
  return {
    before: join(others.filter((other) => other.position < position)),
    text: texts.get(item.id) ?? '',
    after: join(others.filter((other) => other.position > position)),
  };
}

/** A paragraph inside its message. */
async function insideParent(
  item: MemoryItem,
  parentId: string,
  deps: CitationDeps,
  ctx: Ctx,
): Promise<Around> {
  const [parent] = await deps.memory.get(ctx.ownerId, [parentId], ctx.signal);
  const whole = parent?.text ?? item.text ?? '';
  const start = item.start ?? 0;
  const end = item.end ?? whole.length;
  return { before: whole.slice(0, start), text: item.text ?? '', after: whole.slice(end) };
}

function around(item: MemoryItem, deps: CitationDeps, ctx: Ctx): Promise<Around> {
  if (item.kind === 'paragraph' && item.parentId !== undefined)
    return insideParent(item, item.parentId, deps, ctx);
  const reach = item.kind === 'message' || item.kind === 'chunk' ? NEIGHBOURS[item.kind] : 0;
  return betweenNeighbours(item, reach, deps, ctx);
}

/**
 * A citation opened at its place: the passage with what stands before and after it (two messages, one chunk, or the
 * rest of the message a paragraph is part of). `not-found` when it is not in memory (any more).
 */
export async function openCitation(
  input: { readonly id: string },
  deps: CitationDeps,
  ctx: Ctx,
): Promise<CitationView> {
  const [item] = await deps.memory.get(ctx.ownerId, [input.id], ctx.signal);
  const hidden = new Set(await hiddenSources(deps, ctx));
  if (!item || item.sources.some((source) => hidden.has(source)))
    throw new AppError('not-found', `Expected the id of something remembered, got ${input.id}.`);
  const { sessionId = '', filename } = item;
  const titles = await sessionTitles(sessionId === '' ? [] : [sessionId], deps, ctx);
  const place = placeOf(item, filename ?? titles.get(sessionId) ?? '');
  return { id: item.id, place, ...(await around(item, deps, ctx)) };
}
