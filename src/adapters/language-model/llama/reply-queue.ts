import type { AppError } from '../../../core/errors.ts';
import type { LlamaReply } from './llama-messages.ts';

/** Replies on their way from a process to whoever asked. */
export interface ReplyQueue extends AsyncIterable<LlamaReply> {
  push(reply: LlamaReply): void;
  /** After what is in the queue, the error. */
  fail(error: AppError): void;
}

/** For one reader; never ends by itself. */
export function replyQueue(): ReplyQueue {
  const replies: LlamaReply[] = [];
  let failure: AppError | undefined;
  let arrived = Promise.withResolvers<void>();
  return {
    push(reply) {
      replies.push(reply);
      arrived.resolve();
    },
    fail(error) {
      failure ??= error;
      arrived.resolve();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const reply = replies.shift();
        if (reply !== undefined) yield reply;
        else if (failure !== undefined) throw failure;
        else {
          await arrived.promise;
          arrived = Promise.withResolvers<void>();
        }
      }
    },
  };
}
