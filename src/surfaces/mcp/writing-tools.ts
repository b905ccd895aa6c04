import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { Id } from '../../wire/common.ts';
import { NewMemories } from '../../wire/memories.ts';
import { TimeInput, timeUnder } from './time-input.ts';
import { tool } from './tool.ts';

const Said = z.string().trim().min(1).max(100_000);
const Removed = z.record(z.string(), z.number().int()).describe('How many of each kind went.');

/** Counts in words. */
function counted(removed: z.output<typeof Removed>): string {
  const counts = Object.entries(removed).filter(([, count]) => count > 0);
  return counts.map(([what, count]) => `${count} ${what}`).join(', ') || 'nothing';
}

const addMemory = tool({
  name: 'add_memory',
  title: 'Remember',
  description:
    'Remembers something for good: either one `text`, or the `messages` of a conversation, word for word. Use it for what the ' +
    'person says about themselves, decides, plans or asks to be remembered; one thing a call. It can be found at once.',
  needs: ['memory:write'],
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  input: z.strictObject({
    text: Said.optional().describe('One thing to remember, in full sentences that stand alone.'),
    messages: z
      .array(
        z.strictObject({
          role: z.enum(['user', 'assistant']),
          text: Said,
          time: TimeInput.optional(),
        }),
      )
      .min(1)
      .max(100)
      .optional()
      .describe('Instead of `text`: what was said, in order.'),
    by: z
      .enum(['user', 'assistant'])
      .default('user')
      .describe('Of `text`: `user` for what the person said; `assistant` for what you concluded yourself.'),
    time: TimeInput.optional().describe('When it was said or happened, if not now; ISO 8601.'),
    tags: NewMemories.shape.tags,
    session: NewMemories.shape.session,
  }),
  output: z.object({ ids: z.array(Id), sessionId: Id }),
  async run({ text, messages = [], by: role, time, tags, session }, api, signal) {
    if ((text === undefined) === (messages.length === 0))
      throw new AppError('invalid-input', 'Expected either `text` or `messages`.');
    const said = text === undefined ? messages : [{ role, text, time: undefined }];
    const memories = said.map(({ time: own, ...one }) => ({ ...one, ...timeUnder('time', own ?? time) }));
    return api.call('addMemories', { body: { memories, tags, session } }, signal);
  },
  tell: ({ ids }) => `Remembered, as ${ids.join(', ')}.`,
});

const updateMemory = tool({
  name: 'update_memory',
  title: 'Correct a memory',
  description:
    'Puts a new text in place of a remembered note or message. The old text is forgotten with everything made from it, and the ' +
    'new one gets another id. Use it when the person corrects something, not to add to it.',
  needs: ['memory:write', 'memory:forget'],
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
  input: z.strictObject({ id: Id, text: Said.describe('The whole new text.') }),
  output: z.object({ id: Id.describe('Of the new text.'), replaced: Id, removed: Removed }),
  run: ({ id, text }, api, signal) => api.call('updateMemory', { params: { id }, body: { text } }, signal),
  tell: ({ id, replaced, removed }) => `${id} stands in place of ${replaced}. Gone: ${counted(removed)}.`,
});

const deleteMemory = tool({
  name: 'delete_memory',
  title: 'Forget a memory',
  description:
    'Forgets one note or message for good, with everything made from it; this cannot be undone. Only when the person asks for ' +
    'it. A passage of a document cannot be deleted alone.',
  needs: ['memory:forget'],
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  input: z.strictObject({ id: Id }),
  output: z.object({ id: Id, removed: Removed }),
  run: ({ id }, api, signal) => api.call('deleteMemory', { params: { id } }, signal),
  tell: ({ id, removed }) => `${id} is forgotten. Gone: ${counted(removed)}.`,
});

export const writingTools = [addMemory, updateMemory, deleteMemory];
