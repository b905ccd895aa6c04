import { z } from 'zod';
import { Id } from '../../wire/common.ts';
import { ItemKind } from '../../wire/recall.ts';
import { ChatMode } from '../../wire/trace.ts';
import {
  DATA_NOTE,
  Passage,
  fromPlace,
  isoTime,
  marked,
  markedPassage,
  markedPassages,
  passage,
} from './stored-text.ts';
import { TimeInput, timeUnder } from './time-input.ts';
import { tool } from './tool.ts';

const READING = { readOnlyHint: true, destructiveHint: false, idempotentHint: true } as const;
const needs = ['memory:read'] as const;
const NOTHING = 'Nothing about this is in memory.';

const Found = Passage.extend({ score: z.number() });
const Kinds = z
  .array(ItemKind)
  .min(1)
  .max(8)
  .describe('`message`: said in a conversation or noted; `chunk`: a passage of a document.');

const searchMemories = tool({
  name: 'search_memories',
  title: 'Search memories',
  description:
    'Finds what is remembered about a question: passages of documents, conversations and notes, best first, each with where ' +
    'it is from. Ask in the words of the question, in any language. Use it before saying that something is not known.',
  needs,
  hints: READING,
  input: z.strictObject({
    query: z.string().trim().min(1).max(10_000).describe('A question or what it is about.'),
    limit: z.number().int().min(1).max(50).default(10),
    kinds: Kinds.optional(),
    session: Id.optional().describe('Only this conversation, by its `sessionId`.'),
    after: TimeInput.optional().describe('Only what is from this time or later; ISO 8601.'),
    before: TimeInput.optional().describe('Only what is from before this time; ISO 8601.'),
  }),
  output: z.object({ note: z.string(), memories: z.array(Found) }),
  async run({ query, limit, kinds, session, after, before }, api, signal) {
    const filter = {
      ...(kinds === undefined ? {} : { kinds }),
      ...(session === undefined ? {} : { sessionIds: [session] }),
      ...timeUnder('from', after),
      ...timeUnder('to', before),
    };
    const body = { question: query, limit, filter, neighbours: 0 };
    const { hits } = await api.call('recall', { body }, signal);
    return { note: DATA_NOTE, memories: hits.map((hit) => ({ ...passage(hit), score: hit.score })) };
  },
  tell: ({ memories }) => (memories.length === 0 ? NOTHING : markedPassages(memories)),
});

const getMemory = tool({
  name: 'get_memory',
  title: 'Open a memory',
  description:
    'One memory by its id: its text, what stands before and after it, where it is from and what it was made from.',
  needs,
  hints: READING,
  input: z.strictObject({ id: Id.describe('As search_memories, list_memories or a citation gave it.') }),
  output: Passage.extend({
    note: z.string(),
    before: z.string(),
    after: z.string(),
    madeFrom: z.array(z.string()).describe('What it was derived from directly.'),
    sources: z
      .array(z.string())
      .describe('Roots of its lineage: messages, conversations, documents, imports.'),
    storedAt: z.string(),
  }),
  async run({ id }, api, signal) {
    const params = { id };
    const item = await api.call('getItem', { params }, signal);
    const { before, after } = await api.call('openCitation', { params }, signal);
    const { derivedFrom: madeFrom, sources, createdAt } = item;
    return {
      note: DATA_NOTE,
      ...passage(item),
      before,
      after,
      madeFrom,
      sources,
      storedAt: isoTime(createdAt),
    };
  },
  tell({ before, after, ...item }) {
    const around = [
      before === '' ? [] : marked(before, { place: 'before' }),
      after === '' ? [] : marked(after, { place: 'after' }),
    ];
    return [markedPassages([item]), ...around.flat()].join('\n\n');
  },
});

const listMemories = tool({
  name: 'list_memories',
  title: 'List memories',
  description:
    'What is remembered, newest first, in pages, without a question; give `next` back as `cursor` for what follows. To find ' +
    'something, search_memories is better.',
  needs,
  hints: READING,
  input: z.strictObject({
    kind: ItemKind.optional(),
    session: Id.optional().describe('Only this conversation.'),
    document: Id.optional().describe('Only this document.'),
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z.string().max(200).optional(),
  }),
  output: z.object({ note: z.string(), memories: z.array(Passage), next: z.string().optional() }),
  async run({ session: sessionId, document: documentId, ...page }, api, signal) {
    const { items, next } = await api.call(
      'listItems',
      { query: { ...page, sessionId, documentId } },
      signal,
    );
    return { note: DATA_NOTE, memories: items.map(passage), ...(next === undefined ? {} : { next }) };
  },
  tell({ memories, next }) {
    if (memories.length === 0) return 'There is nothing (more) of this in memory.';
    const more = next === undefined ? [] : [`More follow with cursor ${JSON.stringify(next)}.`];
    return [markedPassages(memories), ...more].join('\n\n');
  },
});

const ask = tool({
  name: 'ask',
  title: 'Ask memory',
  description:
    'Answers one question from memory in the language of the question, with citations that get_memory opens. Says so when ' +
    'nothing about it is remembered. Nothing of it is kept.',
  needs,
  hints: READING,
  input: z.strictObject({
    question: z.string().trim().min(1).max(10_000),
    mode: ChatMode.default('santai').describe(
      '`santai`: short and fast; `pikiran`: looks deeper, takes longer.',
    ),
  }),
  output: z.object({
    note: z.string(),
    kind: z
      .string()
      .describe(
        '`generated` by a model, `extractive` from quotes, `nothing-found`, or `remembered` when nothing was asked.',
      ),
    answer: z.string(),
    citations: z.array(
      z.object({ marker: z.number().int(), id: Id, quote: z.string(), from: z.string(), time: z.string() }),
    ),
    nearest: z.array(Passage).describe('With `nothing-found`: the closest there is.'),
  }),
  async run({ question, mode }, api, signal) {
    const { kind, text, citations, nearest } = await api.call('ask', { body: { question, mode } }, signal);
    return {
      note: DATA_NOTE,
      kind,
      answer: text,
      citations: citations.map(({ marker, itemId: id, quote, place }) => {
        return { marker, id, quote, from: fromPlace(place), time: isoTime(place.time) };
      }),
      nearest: nearest.map(passage),
    };
  },
  tell({ answer, citations, nearest }) {
    const cited = citations.map(({ marker, id, quote, from, time }) =>
      marked(quote, { marker: `[${marker}]`, id, from, time }),
    );
    const closest = nearest.length === 0 ? [] : ['The closest there is:', ...nearest.map(markedPassage)];
    return [DATA_NOTE, marked(answer, { place: 'answer' }), ...cited, ...closest].join('\n\n');
  },
});

const memoryStatus = tool({
  name: 'memory_status',
  title: 'Memory status',
  description: 'How much is remembered, and whether everything can be found by meaning already.',
  needs,
  hints: READING,
  input: z.strictObject({}),
  output: z.object({
    documents: z.number().int(),
    conversations: z.number().int(),
    messages: z.number().int(),
    passages: z.number().int(),
    vectors: z.object({ done: z.number().int(), of: z.number().int() }),
  }),
  run: (_, api, signal) => api.call('memoryProfile', {}, signal),
  tell: ({ documents, conversations, messages, passages, vectors }) =>
    `${documents} documents with ${passages} passages, ${conversations} conversations with ${messages} messages; ` +
    `${vectors.done} of ${vectors.of} can be found by meaning, all by their words.`,
});

export const readingTools = [searchMemories, getMemory, listMemories, ask, memoryStatus];
