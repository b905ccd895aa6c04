import { z } from 'zod';
import { Id } from './common.ts';
import { AnswerWish, NewMessage, NewSession } from './sessions.ts';

/** Another answer to the same message. */
export const Regenerate = AnswerWish.extend({
  filter: NewMessage.shape.filter,
  clientId: NewMessage.shape.clientId,
});
export type Regenerate = z.infer<typeof Regenerate>;

/** The same place of the conversation said differently, answered anew. */
export const EditMessage = NewMessage.omit({ role: true, answer: true, time: true });
export type EditMessage = z.infer<typeof EditMessage>;

export const ChooseLeaf = z.strictObject({
  messageId: Id.describe('The path through this message is shown, on to the newest that follows it.'),
});
export type ChooseLeaf = z.infer<typeof ChooseLeaf>;

export const NewBranch = NewSession.extend({
  messageId: Id.describe('The new conversation goes on after this message.'),
});
export type NewBranch = z.infer<typeof NewBranch>;

export const StopResult = z.object({
  id: Id,
  outcome: z.enum(['stopped', 'ended']).describe('`ended`: there was nothing left to stop.'),
});
export type StopResult = z.infer<typeof StopResult>;
