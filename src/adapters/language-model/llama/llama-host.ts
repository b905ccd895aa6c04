import { AppError } from '../../../core/errors.ts';
import type { LlamaAsk, LlamaReply, LlamaSetup } from './llama-messages.ts';
import { startLlamaProcess, type LlamaProcess } from './llama-process.ts';

export interface LlamaHostOptions {
  readonly setup: LlamaSetup;
  /** A model that nobody asked for so long is taken out of memory. */
  readonly idleMs: number;
  /** An answer that was begun and brings no word for so long is given up with `timeout`. */
  readonly silenceMs: number;
  /** A process that goes on for so long after it was told to stop is ended. */
  readonly graceMs: number;
  /** Called when the process is gone. */
  readonly onUnload: () => Promise<void>;
}

/** One model of this machine: a process while it is needed, another when it died. */
export interface LlamaHost {
  /** See `LlamaProcess.ask`. From `prepare` on the model is not unloaded. */
  ask(prepare: () => Promise<LlamaAsk>, signal: AbortSignal): AsyncGenerator<LlamaReply, void>;
  /** The process that is open now. */
  pid(): number | undefined;
  close(): Promise<void>;
}

export function llamaHost({ setup, idleMs, silenceMs, graceMs, onUnload }: LlamaHostOptions): LlamaHost {
  let current: LlamaProcess | undefined;
  let running = 0;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  const unload = async (error: AppError) => {
    const stopped = current;
    current = undefined;
    await stopped?.stop(error);
    if (running === 0) await onUnload();
  };
  const enter = () => {
    if (closed) throw new AppError('unavailable', 'The local model is closed.');
    clearTimeout(idle);
    running++;
  };
  const opened = (): LlamaProcess => {
    if (current?.usable() !== true) current = startLlamaProcess({ setup, graceMs });
    current.wake();
    return current;
  };
  const sleep = () => {
    unload(new AppError('internal', 'An idle model was stopped.')).catch(() => {
      // What could not be removed now is removed when the next model goes, or at the end.
    });
  };
  const leave = () => {
    running--;
    if (running > 0) return;
    current?.rest();
    idle = setTimeout(sleep, idleMs).unref();
  };

  return {
    pid: () => current?.pid,
    async *ask(prepare, signal) {
      enter();
      const silence = new AbortController();
      const error = new AppError('timeout', 'The local model wrote nothing for too long.');
      let timer: NodeJS.Timeout | undefined;
      try {
        const ask = await prepare();
        for await (const reply of opened().ask(ask, AbortSignal.any([signal, silence.signal]))) {
          // Waiting in line is no silence: the first reply says that the line is over.
          timer ??= setTimeout(() => silence.abort(error), silenceMs);
          timer.refresh();
          yield reply;
        }
      } finally {
        clearTimeout(timer);
        leave();
      }
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      await unload(new AppError('aborted', 'The local model was closed.'));
    },
  };
}
