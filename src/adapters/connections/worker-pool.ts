import { AppError, toAppError } from '../../core/errors.ts';

/** A thread or process that does one piece of work at a time. */
export interface PooledWorker {
  /** False once it died, was stopped, or should not be used again. */
  usable(): boolean;
  /** While it rests it must not keep this process alive. */
  rest(): void;
  wake(): void;
  /** Ends it now; the work it is doing fails with `error`. Harmless when it is already gone. */
  stop(error: AppError): Promise<void>;
}

export interface WorkerPoolOptions<W extends PooledWorker> {
  /** Most workers at once. */
  readonly size: number;
  /** A worker that rested this long is stopped. */
  readonly idleMs: number;
  /** Called when a worker was stopped because it rested. */
  readonly onIdle?: () => void;
  readonly start: () => W;
}

export interface WorkerPool<W extends PooledWorker> {
  /**
   * Lends a worker to `work`, first come first served. An abort takes waiting work from the queue and stops the
   * worker of running work. After `close` throws `unavailable`.
   */
  use<T>(signal: AbortSignal, work: (worker: W) => Promise<T>): Promise<T>;
  /** Fails what waits and runs with `aborted`, and resolves when every worker is gone. */
  close(): Promise<void>;
}

/** Workers started when there is work, used again while warm, stopped when idle. */
export function workerPool<W extends PooledWorker>(options: WorkerPoolOptions<W>): WorkerPool<W> {
  const places = queueOfPlaces(options.size);
  const resting = restingWorkers<W>(options);
  const busy = new Set<W>();

  const work = async <T>(signal: AbortSignal, task: (worker: W) => Promise<T>): Promise<T> => {
    const worker = resting.take() ?? options.start();
    const onAbort = () => void worker.stop(toAppError(signal.reason));
    worker.wake();
    busy.add(worker);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal.aborted) throw toAppError(signal.reason);
      return await task(worker);
    } finally {
      signal.removeEventListener('abort', onAbort);
      busy.delete(worker);
      resting.put(worker);
    }
  };

  return {
    async use(signal, task) {
      await places.enter(signal);
      try {
        return await work(signal, task);
      } finally {
        places.leave();
      }
    },
    async close() {
      const error = new AppError('aborted', 'The workers were closed.');
      places.close(error);
      await Promise.all([...resting.empty(), ...busy].map((worker) => worker.stop(error)));
    },
  };
}

/** Warm workers without work, each stopped when it was left here for `idleMs`. */
function restingWorkers<W extends PooledWorker>({
  idleMs,
  onIdle,
}: Pick<WorkerPoolOptions<W>, 'idleMs' | 'onIdle'>) {
  const timers = new Map<W, NodeJS.Timeout>();
  const idleEnd = new AppError('internal', 'An idle worker was stopped.');
  const remove = (worker: W) => {
    clearTimeout(timers.get(worker));
    timers.delete(worker);
  };
  const retire = (worker: W) => {
    remove(worker);
    void worker.stop(idleEnd);
  };
  return {
    /** A worker that is still good; `undefined` when there is none. */
    take(): W | undefined {
      for (const worker of timers.keys()) {
        remove(worker);
        if (worker.usable()) return worker;
        retire(worker);
      }
      return undefined;
    },
    put(worker: W): void {
      if (!worker.usable()) return retire(worker);
      worker.rest();
      const rested = () => {
        retire(worker);
        onIdle?.();
      };
      timers.set(worker, setTimeout(rested, idleMs).unref());
    },
    empty(): W[] {
      const workers = [...timers.keys()];
      for (const worker of workers) remove(worker);
      return workers;
    },
  };
}

/** So many may be inside at once; the others wait in order. */
function queueOfPlaces(size: number) {
  const waiting: { let(): void; refuse(error: AppError): void }[] = [];
  let taken = 0;
  let closed = false;
  return {
    async enter(signal: AbortSignal): Promise<void> {
      if (signal.aborted) throw toAppError(signal.reason);
      if (closed) throw new AppError('unavailable', 'The workers are closed.');
      if (taken < size) {
        taken++;
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const ticket = { let: resolve, refuse: reject };
      const onAbort = () => {
        const place = waiting.indexOf(ticket);
        if (place < 0) return;
        waiting.splice(place, 1);
        reject(toAppError(signal.reason));
      };
      waiting.push(ticket);
      signal.addEventListener('abort', onAbort, { once: true });
      await promise.finally(() => signal.removeEventListener('abort', onAbort));
    },
    /** Hands the place to the next in line. */
    leave(): void {
      const next = waiting.shift();
      if (next === undefined) taken--;
      else next.let();
    },
    close(error: AppError): void {
      closed = true;
      for (const ticket of waiting.splice(0)) ticket.refuse(error);
    },
  };
}
