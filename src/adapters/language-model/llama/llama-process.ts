import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../core/errors.ts';
import { abortError } from '../../connections/aborts.ts';
import { childLife } from '../../connections/child-life.ts';
import { moduleFile } from '../../connections/module-file.ts';
import type { FromLlama, LlamaAsk, LlamaReply, LlamaSetup, ToLlama } from './llama-messages.ts';
import { replyQueue, type ReplyQueue } from './reply-queue.ts';

/** A model that is open in a process of its own. */
export interface LlamaProcess {
  readonly pid: number | undefined;
  /** False once it died or was stopped. */
  usable(): boolean;
  /**
   * Asks and gives the replies as they come, up to and with the `end`; throws what failed, or `unavailable` when the process
   * died. An abort ends it at once, and so does who stops listening; the process is told.
   */
  ask(ask: LlamaAsk, signal: AbortSignal): AsyncGenerator<LlamaReply, void>;
  /** While it rests it does not keep this process alive. */
  rest(): void;
  wake(): void;
  /** Ends it now, with all its memory; what it is asked fails with `error`. */
  stop(error: AppError): Promise<void>;
}

export interface LlamaProcessOptions {
  readonly setup: LlamaSetup;
  /** A process that does not obey a cancellation for so long is stopped. */
  readonly graceMs: number;
}

export function startLlamaProcess({ setup, graceMs }: LlamaProcessOptions): LlamaProcess {
  const child = forkChild(setup);
  const { rest, wake, end } = childLife(child);
  const asks = openAsks();
  let alive = true;

  const fail = (error: AppError) => {
    alive = false;
    asks.fail(error);
  };
  const stop = async (error: AppError) => {
    fail(error);
    await end();
  };
  child.on('message', (message: FromLlama) => asks.hear(message));
  child.on('error', (cause) => fail(died({ cause })));
  child.on('exit', (code, killedBy) => fail(died({ how: killedBy ?? code })));

  const send = (message: ToLlama) => {
    // A process that is gone cannot be told; its exit says so.
    if (alive && child.connected) child.send(message, () => {});
  };
  const cancel = (id: number) => {
    if (!asks.isOpen(id)) return;
    send({ kind: 'cancel', id });
    const endIfLate = () => {
      if (asks.isOpen(id)) void stop(new AppError('unavailable', 'The local model did not stop when told.'));
    };
    setTimeout(endIfLate, graceMs).unref();
  };

  return {
    pid: child.pid,
    usable: () => alive,
    async *ask(ask, signal) {
      if (signal.aborted) throw abortError(signal);
      const { id, queue } = asks.begin();
      const onAbort = () => queue.fail(abortError(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      send({ kind: 'ask', id, ask });
      try {
        for await (const reply of queue) {
          if (signal.aborted) throw abortError(signal);
          yield reply;
          if (reply.kind === 'end') return;
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
        cancel(id);
      }
    },
    rest,
    wake,
    stop,
  };
}

function forkChild(setup: LlamaSetup): ChildProcess {
  return fork(fileURLToPath(moduleFile('llama-child', import.meta.url)), [JSON.stringify(setup)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Native code needs none of the secrets of this process; drivers of graphics cards need some of the rest.
    ...(setup.gpu === false && { env: { TZ: 'UTC' } }),
  });
}

/** What was asked and has not ended. */
function openAsks() {
  const queues = new Map<number, ReplyQueue>();
  let lastId = 0;
  return {
    begin() {
      const queue = replyQueue();
      queues.set(++lastId, queue);
      return { id: lastId, queue };
    },
    isOpen: (id: number) => queues.has(id),
    hear({ id, reply }: FromLlama) {
      const queue = queues.get(id);
      if (reply.kind === 'end' || reply.kind === 'failed') queues.delete(id);
      if (reply.kind === 'failed') queue?.fail(unpacked(reply));
      else queue?.push(reply);
    },
    fail(error: AppError) {
      for (const queue of queues.values()) queue.fail(error);
      queues.clear();
    },
  };
}

interface Death {
  readonly cause?: Error;
  /** The signal that ended it, or its exit code. */
  readonly how?: NodeJS.Signals | number | null;
}

function died({ cause, how }: Death): AppError {
  const hint = how === 'SIGKILL' || how === 'SIGABRT' ? ' Perhaps the memory did not suffice.' : '';
  return new AppError(
    'unavailable',
    `The process of the local model died; the next question starts another.${hint}`,
    { cause, details: { how } },
  );
}

function unpacked({ code, message, cause }: Extract<LlamaReply, { kind: 'failed' }>): AppError {
  return new AppError(code, message, cause === '' ? {} : { cause: new Error(cause) });
}
