import type { Ctx } from '../../core/context.ts';
import type { ForgetReport } from '../../wire/common.ts';
import type { ChatStores } from '../chat-deps.ts';
import { forgetMessage } from '../forget-conversations.ts';
import { saidItem } from './said-item.ts';

/** Forgets the message an id stands for, as `forgetMessage` does. Errors: see `saidItem`. */
export async function deleteMemory(
  input: { readonly id: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<ForgetReport> {
  const { id, sessionId } = await saidItem(input.id, deps, ctx);
  return forgetMessage({ id: sessionId, messageId: id }, deps, ctx);
}
