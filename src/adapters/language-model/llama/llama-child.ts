import { toAppError } from '../../../core/errors.ts';
import type { LlamaReply, LlamaSetup, ToLlama } from './llama-messages.ts';
import { llamaRuntime } from './llama-runtime.ts';

/** Entry of the process with a local model: answers many requests at the same time, ends with its parent. */
const [, , setup = '{}'] = process.argv;
const runtime = llamaRuntime(JSON.parse(setup) as LlamaSetup);
const running = new Map<number, AbortController>();

process.on('disconnect', () => process.exit());

process.on('message', (message: ToLlama) => {
  if (message.kind === 'cancel') running.get(message.id)?.abort();
  else void serve(message);
});

async function serve({ id, ask }: Extract<ToLlama, { kind: 'ask' }>): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    await runtime.answer(ask, (reply) => send(id, reply), stop.signal);
  } catch (error) {
    const { code, message, cause } = toAppError(error);
    send(id, { kind: 'failed', code, message, cause: cause instanceof Error ? cause.message : '' });
  } finally {
    running.delete(id);
  }
}

function send(id: number, reply: LlamaReply): void {
  // The parent may have been killed before it could hear the answer.
  process.send?.({ id, reply }, (error: Error | null) => error !== null && process.exit());
}
