import { z } from 'zod';
import { Id, TimeMs } from './common.ts';

const MemoryText = z.string().trim().min(1).max(100_000);
const Count = z.number().int().min(0);

/** Something to remember that nobody has to answer. */
const NewMemory = z.strictObject({
  text: MemoryText,
  role: z
    .enum(['user', 'assistant'])
    .default('user')
    .describe('Whose words they are; `assistant` for what a model concluded by itself.'),
  time: TimeMs.optional().describe('When it was said or happened, if not now.'),
});

export const NewMemories = z.strictObject({
  memories: z.array(NewMemory).min(1).max(100).describe('In order.'),
  session: z
    .string()
    .regex(/^[^\p{C}\p{Z}](?:[^\p{C}]{0,78}[^\p{C}\p{Z}])?$/u)
    .optional()
    .describe('Id of a conversation, or a name of your own, 1 to 80 characters; `Notes` without it.'),
  tags: z.array(z.string().trim().min(1).max(100)).max(20).default([]),
});
export type NewMemories = z.infer<typeof NewMemories>;

export const AddedMemories = z.object({
  sessionId: Id,
  ids: z.array(Id).describe('Of the new messages, in the order they came.'),
});
export type AddedMemories = z.infer<typeof AddedMemories>;

export const MemoryPatch = z.strictObject({ text: MemoryText });

export const UpdatedMemory = z.object({
  id: Id.describe('Of what holds now.'),
  replaced: Id.describe('What it replaced, which is forgotten.'),
  removed: z.record(z.string(), Count).describe('How many of each kind went: items, objects.'),
});
export type UpdatedMemory = z.infer<typeof UpdatedMemory>;

/** What there is to remember from, in short. */
export const MemoryProfile = z.object({
  documents: Count,
  conversations: Count,
  messages: Count,
  passages: Count.describe('Of documents.'),
  vectors: z.object({ done: Count, of: Count }).describe('How much can be found by meaning already.'),
  languages: z.array(z.string()).describe('Of what came last, the most frequent first.'),
  tags: z.array(z.string()).describe('Of what came last, the most frequent first.'),
  recentConversations: z.array(z.object({ id: Id, title: z.string(), messages: Count, updatedAt: TimeMs })),
  recentDocuments: z.array(z.object({ id: Id, title: z.string(), uploadedAt: TimeMs })),
});
export type MemoryProfile = z.infer<typeof MemoryProfile>;
