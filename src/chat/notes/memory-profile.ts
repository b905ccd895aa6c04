import type { Ctx } from '../../core/context.ts';
import { documentTitles } from '../../memory/document-titles.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { MemoryItem } from '../../ports/memory-store.ts';
import type { MemoryProfile } from '../../wire/memories.ts';
import type { ChatStores } from '../chat-deps.ts';
import { hiddenSources } from '../hidden-sources.ts';

export interface ProfileDeps extends ChatStores {
  /** The slot whose vectors serve now. */
  readonly activeSlot: () => string;
}

/** Of what came last, so many say which languages and tags are in use. */
const SAMPLE = 200;
const RECENT = 10;
const MOST = 10;
/** What can be recalled by itself; paragraphs are parts of messages. */
const KINDS = ['message', 'chunk'] as const;

/** The most frequent values, first come first among equals. */
function frequent(values: readonly string[]): string[] {
  const groups = Map.groupBy(values, (value) => value);
  return [...groups.entries()]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST)
    .map(([value]) => value);
}

async function rows(tx: OwnerTx) {
  const documents = tx.table('documents');
  const sessions = tx.table('chatSessions');
  const ready = { status: 'ready' as const };
  return {
    documents: await documents.count(ready),
    conversations: await sessions.count(),
    lastDocuments: await documents.list({ where: ready, orderBy: [['uploadedAt', 'desc']], limit: RECENT }),
    lastSessions: await sessions.list({ orderBy: [['updatedAt', 'desc']], limit: RECENT }),
  };
}

async function sample(deps: ProfileDeps, ctx: Ctx): Promise<MemoryItem[]> {
  const page = { limit: SAMPLE };
  const { items } = await deps.memory.list(ctx.ownerId, { kinds: KINDS }, page, ctx.signal);
  const hidden = new Set(await hiddenSources(deps, ctx));
  return items.filter(({ sources }) => !sources.some((source) => hidden.has(source)));
}

/** What an owner's memory holds, in short: counts, languages and tags of what came last, the newest titles. */
export async function memoryProfile(deps: ProfileDeps, ctx: Ctx): Promise<MemoryProfile> {
  const { memory, ledger } = deps;
  const { ownerId, signal } = ctx;
  const [found, messages, passages, coverage, last] = await Promise.all([
    ledger.forOwner(ownerId, rows),
    memory.count(ownerId, { kinds: ['message'] }, signal),
    memory.count(ownerId, { kinds: ['chunk'] }, signal),
    memory.vectorCoverage(ownerId, deps.activeSlot(), { kinds: KINDS }, signal),
    sample(deps, ctx),
  ]);
  const { documents, conversations, lastDocuments, lastSessions } = found;
  const lastIds = lastDocuments.map(({ id }) => id);
  const titles = await documentTitles(lastIds, deps, ctx);
  return {
    documents,
    conversations,
    messages,
    passages,
    vectors: { done: coverage.vectors, of: coverage.items },
    languages: frequent(last.flatMap(({ language }) => language ?? [])),
    tags: frequent(last.flatMap(({ tags }) => tags)),
    recentConversations: lastSessions.map(({ id, title, messageCount, updatedAt }) => {
      return { id, title, messages: messageCount, updatedAt };
    }),
    recentDocuments: lastDocuments.map(({ id, filename, uploadedAt }) => {
      return { id, title: titles.get(id) ?? filename, uploadedAt };
    }),
  };
}
