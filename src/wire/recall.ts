import { z } from 'zod';
import { Id, PageQuery, Text, TimeMs, pageOf } from './common.ts';

export const ItemKind = z.enum([
  'chunk',
  'message',
  'paragraph',
  'exchange',
  'summary',
  'insight',
  'golden-answer',
  'state',
]);
export type ItemKind = z.infer<typeof ItemKind>;

/** Who said it: `user` and `assistant` of an assistant chat, `person` in a chat between people. */
export const ItemRole = z.enum(['user', 'assistant', 'person', 'system']);
export type ItemRole = z.infer<typeof ItemRole>;

/** Conditions on what may be recalled; all hold, a list means any of it. */
export const RecallFilter = z.strictObject({
  kinds: z.array(ItemKind).min(1).max(8).optional(),
  sessionIds: z.array(Id).min(1).max(100).optional().describe('Only these conversations.'),
  documentIds: z.array(Id).min(1).max(1000).optional(),
  folder: Text.max(1000).optional().describe('Only documents whose path starts with this.'),
  roles: z.array(ItemRole).min(1).max(4).optional(),
  tags: z.array(Text.max(100)).min(1).max(50).optional(),
  minTrust: z.number().int().min(0).max(4).optional(),
  from: TimeMs.optional(),
  to: TimeMs.optional().describe('Exclusive.'),
});
export type RecallFilter = z.infer<typeof RecallFilter>;

export const RecallRequest = z.strictObject({
  question: Text.trim().min(1).max(10_000),
  filter: RecallFilter.default({}),
  limit: z.number().int().min(1).max(100).default(10),
  tokenBudget: z.number().int().min(50).max(100_000).default(4_000).describe('Texts of all hits together.'),
  neighbours: z
    .number()
    .int()
    .min(0)
    .max(3)
    .default(1)
    .describe('Places before and after a hit in its conversation.'),
});
export type RecallRequest = z.infer<typeof RecallRequest>;

/** Where a text came from, enough to open it at its place. */
export const Place = z.object({
  kind: z.enum(['document', 'conversation']),
  documentId: Id.optional(),
  sessionId: Id.optional(),
  /** File name or session title. */
  name: z.string(),
  page: z.number().int().optional(),
  start: z.number().int().optional().describe('Offset into the document text or the message.'),
  end: z.number().int().optional(),
  position: z.number().int(),
  role: ItemRole.optional(),
  author: z.string().optional(),
  time: TimeMs,
});
export type Place = z.infer<typeof Place>;

/** What made a hit rank where it does; every part in standard deviations, their sum is the score. */
export const Signals = z.object({
  words: z.number(),
  meaning: z.number(),
  neighbours: z.number(),
  role: z.number(),
  speaker: z.number(),
  answering: z.number(),
  time: z.number(),
});
export type Signals = z.infer<typeof Signals>;

const NeighbourView = z.object({
  id: Id,
  distance: z.number().int().describe('−1 is the one before.'),
  role: ItemRole.optional(),
  author: z.string().optional(),
  text: z.string(),
});

export const Hit = z.object({
  id: Id.describe('Also the citation: open it with /api/citations/{id}.'),
  kind: ItemKind,
  text: z.string(),
  score: z.number(),
  signals: Signals,
  matched: z.array(z.string()).describe('Words of the text that the question asked for.'),
  place: Place,
  language: z.string().optional(),
  tags: z.array(z.string()),
  trust: z.number().int(),
  neighbours: z.array(NeighbourView),
});
export type Hit = z.infer<typeof Hit>;

/** How the question was read. */
export const QuestionReading = z.object({
  language: z.string().optional(),
  from: TimeMs.optional(),
  to: TimeMs.optional(),
  timeText: z.string().optional().describe('The words of the question that named the time.'),
  speaker: z.string().optional(),
  asksAssistant: z.boolean(),
  terms: z.array(z.string()),
});
export type QuestionReading = z.infer<typeof QuestionReading>;

export const RecallResult = z.object({
  hits: z.array(Hit),
  reading: QuestionReading,
  meaning: z.boolean().describe('False when the embedder could not answer in time and words served alone.'),
  considered: z.number().int().describe('Candidates that were ranked.'),
  leftOut: z.number().int().describe('Hits that did not fit the token budget.'),
  tookMs: z.number(),
});
export type RecallResult = z.infer<typeof RecallResult>;

export const ItemView = z.object({
  id: Id,
  kind: ItemKind,
  text: z.string().optional(),
  place: Place,
  language: z.string().optional(),
  tags: z.array(z.string()),
  trust: z.number().int(),
  derivedFrom: z.array(z.string()),
  sources: z.array(z.string()),
  createdAt: TimeMs,
});
export type ItemView = z.infer<typeof ItemView>;
export const ItemPage = pageOf(ItemView);

export const ItemQuery = PageQuery.extend({
  kind: ItemKind.optional(),
  sessionId: Id.optional(),
  documentId: Id.optional(),
});
export type ItemQuery = z.infer<typeof ItemQuery>;

/** A citation opened at its place. */
export const CitationView = z.object({
  id: Id,
  place: Place,
  before: z.string().describe('Text before the passage.'),
  text: z.string().describe('The passage.'),
  after: z.string(),
});
export type CitationView = z.infer<typeof CitationView>;
