import type { ComputeTask } from '../ports/compute.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import { messageItems } from './message-items.ts';
import type { StoredMessage } from './transcripts.ts';

export interface MessageItemsInput {
  readonly ownerId: string;
  readonly messages: readonly StoredMessage[];
}

/** Items of many messages, off the event loop: analysing a large history takes seconds of CPU time. */
export const messageItemsTask: ComputeTask<MessageItemsInput, MemoryItem[]> = {
  name: 'message-items',
  run: ({ ownerId, messages }) => messages.flatMap((message) => messageItems(message, ownerId)),
};
