import { z } from 'zod';
import { Id, PageQuery, Text, TimeMs, pageOf } from './common.ts';
import { Hit, ItemRole, Place, RecallFilter } from './recall.ts';
import { ChatMode } from './trace.ts';

/** The message of a session that answers a search best. */
export const SessionMatch = z.object({
  messageId: Id,
  snippet: z.string().describe('A line round the words that were found; … where something is left out.'),
  time: TimeMs,
});
export type SessionMatch = z.infer<typeof SessionMatch>;

export const SessionView = z.object({
  id: Id,
  title: z.string(),
  summary: z.string().optional(),
  messages: z.number().int(),
  origin: z.string().describe('`chat`, or the id of the import it came from.'),
  leafId: Id.optional().describe(
    'Last message of the path that is shown; absent while nothing branched off.',
  ),
  createdAt: TimeMs,
  updatedAt: TimeMs,
  answering: Id.optional().describe(
    'The answer that is on its way, where one conversation is asked for: its events can be followed.',
  ),
  match: SessionMatch.optional().describe('In a search whose words were said there, not only in the title.'),
});
export type SessionView = z.infer<typeof SessionView>;
export const SessionPage = pageOf(SessionView);

export const SessionQuery = PageQuery.extend({
  query: Text.trim().min(1).max(1000).optional().describe('Words in titles or in what was said.'),
});
export type SessionQuery = z.infer<typeof SessionQuery>;

const Title = Text.trim().min(1).max(80);
export const NewSession = z.strictObject({ title: Title.optional() });
export type NewSession = z.infer<typeof NewSession>;
export const SessionPatch = z.strictObject({ title: Title });
export type SessionPatch = z.infer<typeof SessionPatch>;

/** A piece of an answer and what it rests on. */
export const Citation = z.object({
  marker: z.number().int().describe('[1], [2] … in the answer.'),
  itemId: Id.describe('Open it with /api/citations/{id}.'),
  quote: z.string(),
  place: Place,
});
export type Citation = z.infer<typeof Citation>;

export const Answer = z.object({
  kind: z
    .enum(['generated', 'extractive', 'nothing-found', 'remembered'])
    .describe('`remembered`: the message asks nothing and is kept; only in a conversation.'),
  text: z.string(),
  citations: z.array(Citation),
  nearest: z.array(Hit).describe('With `nothing-found`: the closest there is.'),
  interrupted: z
    .literal(true)
    .optional()
    .describe('It was stopped or cut off: this is what was said until then.'),
  cutBy: z
    .string()
    .optional()
    .describe('Why: `aborted` (stopped), `length`, `content-filter`, or the code of what failed.'),
  fellBack: z
    .string()
    .optional()
    .describe('Code of why the model that is set did not answer; quotes from memory stand in for it.'),
  tookMs: z.number(),
});
export type Answer = z.infer<typeof Answer>;

export const MessageView = z.object({
  id: Id,
  sessionId: Id,
  seq: z.number().int(),
  role: ItemRole,
  author: z.string().optional(),
  text: z.string(),
  caption: z.string().optional().describe('What a picture in the message shows.'),
  time: TimeMs,
  citations: z.array(Citation),
  parentId: Id.optional().describe('The message before it, in a conversation with branches.'),
  siblings: z
    .array(Id)
    .optional()
    .describe('What stands, or stood, at its place: itself and the others, oldest first. Absent when alone.'),
  interrupted: z
    .literal(true)
    .optional()
    .describe('It was stopped or cut off: this is what was said until then.'),
});
export type MessageView = z.infer<typeof MessageView>;
export const MessagePage = pageOf(MessageView);

/** Oldest first; `latest` begins with the newest page instead, still in order. */
export const MessageQuery = PageQuery.extend({
  latest: z.stringbool().default(false),
  all: z.stringbool().default(false).describe('Every branch by place, not only the path that is shown.'),
});
export type MessageQuery = z.infer<typeof MessageQuery>;

/** One whole conversation, as exported. */
export const SessionExport = z.object({
  session: SessionView,
  messages: z.array(MessageView),
});
export type SessionExport = z.infer<typeof SessionExport>;

/** How an answer is wanted. */
export const AnswerWish = z.strictObject({
  mode: ChatMode.default('santai'),
  persona: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/u)
    .optional()
    .describe('Name of a persona; the default one without it.'),
});

export const NewMessage = AnswerWish.extend({
  text: Text.trim().min(1).max(100_000),
  role: z.enum(['user', 'assistant']).default('user').describe('`assistant` only with `answer: false`.'),
  answer: z.boolean().default(true).describe('False only remembers the message.'),
  filter: RecallFilter.default({}),
  time: TimeMs.optional().describe('When it was said, if not now.'),
  clientId: z
    .string()
    .regex(/^[^\p{C}\p{Z}](?:[^\p{C}]{0,98}[^\p{C}\p{Z}])?$/u)
    .optional()
    .describe(
      'Your own id of the message, 1 to 100 printable characters: sent again with it, nothing is doubled.',
    ),
});
export type NewMessage = z.infer<typeof NewMessage>;

/** One question outside any conversation; nothing of it is kept. */
export const AskRequest = AnswerWish.extend({
  question: Text.trim().min(1).max(10_000),
  filter: RecallFilter.default({}),
});
export type AskRequest = z.infer<typeof AskRequest>;

/**
 * Server-sent events of an answer, each with an id: sent back as `Last-Event-ID`, it brings what follows it. After `reset`
 * everything comes from the beginning, and what was received before does not count.
 */
export const AnswerEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message-stored'), message: MessageView }),
  z.object({ kind: z.literal('answer-start'), messageId: Id }),
  z.object({ kind: z.literal('answer-delta'), text: z.string() }),
  z.object({ kind: z.literal('answer-end'), message: MessageView, answer: Answer }),
  z.object({ kind: z.literal('error'), code: z.string(), message: z.string() }),
  z.object({ kind: z.literal('reset') }),
]);
export type AnswerEvent = z.infer<typeof AnswerEvent>;

/** Events of an answer that nothing is kept of; it cannot be taken up again. */
export const AskEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer-delta'), text: z.string() }),
  z.object({ kind: z.literal('answer-given'), answer: Answer }),
  z.object({ kind: z.literal('error'), code: z.string(), message: z.string() }),
]);
export type AskEvent = z.infer<typeof AskEvent>;

export const ImportResult = z.object({
  importId: Id,
  jobId: Id.describe('Its result holds the report.'),
  outcome: z.enum(['accepted', 'known']),
});
export type ImportResult = z.infer<typeof ImportResult>;

/** Report of a history import; the result of its job. */
export const ImportReport = z.object({
  format: z.enum(['json-lines', 'chatgpt', 'claude', 'postgres']),
  sessions: z.number().int(),
  imported: z.number().int().describe('Messages new to memory.'),
  known: z.number().int().describe('Messages that were here before.'),
  beside: z
    .record(z.string(), z.number().int())
    .optional()
    .describe('Items that are no messages, by kind: `exchange`, `state`. Absent if none.'),
  skipped: z.array(z.object({ reason: z.string(), count: z.number().int(), example: z.string() })),
  unreadTimes: z
    .object({ count: z.number().int(), examples: z.array(z.string()) })
    .optional()
    .describe(
      'Messages whose time could not be read: they got that of the message before, or of the import. Absent if none.',
    ),
});
export type ImportReport = z.infer<typeof ImportReport>;
