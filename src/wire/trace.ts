import { z } from 'zod';
import { Id, TimeMs } from './common.ts';
import { QuestionReading, Signals } from './recall.ts';

/** `santai`: short, relaxed, fast. `pikiran`: deliberate, with deeper recall and a plan, longer. */
export const ChatMode = z.enum(['santai', 'pikiran']);
export type ChatMode = z.infer<typeof ChatMode>;

const TracedHit = z.object({
  itemId: Id,
  score: z.number(),
  signals: Signals,
  tokens: z.number().int(),
  inPrompt: z.boolean(),
});

const PromptSection = z.object({
  name: z.enum(['persona', 'summary', 'recent', 'memories', 'documents', 'plan', 'message']),
  tokens: z.number().int().describe('Estimated.'),
  leftOut: z.number().int().describe('Entries that did not fit the budget.'),
});

const CitationFate = z.object({
  marker: z.number().int(),
  itemId: Id.optional().describe('Absent when the marker points to nothing that was recalled.'),
  kept: z.boolean(),
  reason: z.enum(['supported', 'unknown-marker', 'unsupported']),
});

/** Why an answer is as it is. Holds no text of memory or prompt: ids, sizes and scores. */
export const AnswerTrace = z.object({
  messageId: Id,
  at: TimeMs,
  mode: ChatMode,
  reading: QuestionReading,
  meaning: z.boolean(),
  recalled: z.array(TracedHit),
  sections: z.array(PromptSection),
  model: z
    .object({ role: z.string(), provider: z.string(), model: z.string(), promptVersion: z.string() })
    .optional()
    .describe('Absent when no model answered.'),
  fellBack: z.string().optional().describe('Why the model did not answer and the floor did.'),
  ended: z
    .string()
    .optional()
    .describe(
      'How the model ended: `stop`, `length`, `content-filter`, or the code of the error that cut it off.',
    ),
  tokens: z.object({ input: z.number(), output: z.number(), cached: z.number() }).optional(),
  costMicros: z.number().int().optional().describe('Millionths of the currency of the price table.'),
  ms: z.object({
    recall: z.number(),
    beforeModel: z.number().describe('From the message to the call of the model.'),
    firstToken: z.number().optional(),
    whole: z.number(),
  }),
  citations: z.array(CitationFate),
});
export type AnswerTrace = z.infer<typeof AnswerTrace>;
