import type { Worker } from 'node:worker_threads';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { MemoryMethod, ResultOf } from './memory-calls.ts';
import { type FromMemoryThread, type ToMemoryThread, errorOf } from './thread-messages.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: AppError) => void;
}

/** A call: its arguments, buffers that are handed over instead of copied, and when to give up. */
export interface ThreadCall {
  readonly args: readonly unknown[];
  readonly transfer?: readonly ArrayBuffer[];
  readonly signal?: AbortSignal;
}

export interface ThreadClient {
  /**
   * Throws what the thread threw, `aborted` at once when the signal fires (a call that already runs goes on unseen), and
   * `unavailable` when the thread dies or was closed. After a death the next call starts a new thread.
   */
  call<M extends MemoryMethod>(method: M, call: ThreadCall): Promise<ResultOf<M>>;
  /** Lets what was sent finish, then ends the thread. */
  close(): Promise<void>;
}

const aborted = () => new AppError('aborted', 'The work was cancelled.');

/** One living thread: resolves when its file is open. */
async function openThread(worker: Worker, log: Log) {
  const pending = new Map<number, Pending>();
  let opened: () => void;
  let dead: AppError | undefined;
  const ended = (cause?: unknown) => {
    dead ??= new AppError('unavailable', 'The thread of the memory store ended; it is started again.', {
      cause,
    });
    for (const { reject } of pending.values()) reject(dead);
    pending.clear();
  };
  const settle = (id: number, how: (waiting: Pending) => void) => {
    const waiting = pending.get(id);
    pending.delete(id);
    if (waiting) how(waiting);
  };
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    opened = resolve;
    pending.set(-1, { resolve: () => {}, reject });
    worker.once('error', ended);
    worker.once('exit', () => ended());
    worker.on('message', (message: FromMemoryThread) => {
      switch (message.kind) {
        case 'opened':
          pending.delete(-1);
          return opened();
        case 'not-opened':
          return settle(-1, (waiting) => waiting.reject(errorOf(message.failure)));
        case 'done':
          return settle(message.id, (waiting) => waiting.resolve(message.result));
        case 'failed':
          return settle(message.id, (waiting) => waiting.reject(errorOf(message.failure)));
        case 'log':
          return log[message.level](message.event, message.fields);
      }
    });
  });
  const post = (message: ToMemoryThread, transfer: readonly ArrayBuffer[] = []) =>
    worker.postMessage(message, transfer);
  return { post, pending, exited, dead: () => dead };
}

type Thread = Awaited<ReturnType<typeof openThread>>;

/** Keeps one thread alive behind calls; resolves when the file is open, throws why it cannot be. */
export async function threadClient(start: () => Worker, log: Log): Promise<ThreadClient> {
  let thread: Promise<Thread> = openThread(start(), log);
  await thread;
  let closed = false;
  let nextId = 0;

  const living = async () => {
    if (closed) throw new AppError('unavailable', 'The memory store was closed.');
    const awaited = thread;
    const current = await awaited.catch(() => undefined);
    if (current && !current.dead()) return current;
    if (thread === awaited) {
      log.error('memory-thread-ended', { cause: String(current?.dead()?.cause) });
      thread = openThread(start(), log);
    }
    return thread;
  };

  return {
    async call<M extends MemoryMethod>(method: M, { args, transfer = [], signal }: ThreadCall) {
      if (signal?.aborted) throw aborted();
      const { post, pending } = await living();
      if (signal?.aborted) throw aborted();
      const id = nextId++;
      return new Promise<ResultOf<M>>((resolve, reject) => {
        const cancel = () => {
          pending.delete(id);
          post({ kind: 'cancel', id });
          reject(aborted());
        };
        const end = <T>(settle: (value: T) => void) => {
          return (value: T) => {
            signal?.removeEventListener('abort', cancel);
            settle(value);
          };
        };
        pending.set(id, { resolve: end(resolve as (result: unknown) => void), reject: end(reject) });
        signal?.addEventListener('abort', cancel, { once: true });
        try {
          post({ kind: 'call', id, method, args }, transfer);
        } catch (cause) {
          pending
            .get(id)
            ?.reject(new AppError('internal', 'A value cannot be sent to the memory store.', { cause }));
          pending.delete(id);
        }
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      const current = await thread.catch(() => undefined);
      if (!current || current.dead()) return;
      current.post({ kind: 'close' });
      await current.exited;
    },
  };
}
