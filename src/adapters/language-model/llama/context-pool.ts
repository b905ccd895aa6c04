import { toAppError, type AppError } from '../../../core/errors.ts';
import { abortError } from '../../connections/aborts.ts';

/** A context on the model: so many sequences can write at the same time. */
export interface OpenContext<S> {
  readonly sequences: readonly S[];
  close(): Promise<void>;
}

export interface ContextPoolOptions<S, A> {
  /** Contexts open at once. */
  readonly contexts: number;
  /** Different adapters loaded before `renew`. */
  readonly loads: number;
  /** Names what adapters do together; the same name, the same context. */
  readonly keyOf: (adapters: readonly A[]) => string;
  readonly open: (adapters: readonly A[]) => Promise<OpenContext<S>>;
  /** Gives back what loaded adapters hold; no context is open then. */
  readonly renew: () => Promise<void>;
}

export interface Lease<S> extends Disposable {
  readonly sequence: S;
}

/** Lends sequences of contexts with adapters. */
export interface ContextPool<S, A> {
  /** Waits in line for a free sequence; an abort leaves the line. */
  lend(adapters: readonly A[], signal: AbortSignal): Promise<Lease<S>>;
}

interface Held<S> {
  readonly context: OpenContext<S>;
  readonly free: S[];
}

interface Ticket<S, A> {
  readonly key: string;
  readonly adapters: readonly A[];
  readonly give: (lease: Lease<S>) => void;
  readonly refuse: (error: AppError) => void;
}

/**
 * First come, first served, with one exception: whoever waits for a busy context does not hold up others whose context has
 * a free sequence. Whoever needs another context than those open does, so that one of them comes to rest and makes room.
 */
export function contextPool<S, A>(options: ContextPoolOptions<S, A>): ContextPool<S, A> {
  const rooms = contextRooms(options);
  const waiting: Ticket<S, A>[] = [];
  let serving = false;
  let again = false;

  const serveOne = async (): Promise<boolean> => {
    for (const ticket of waiting) {
      const known = rooms.find(ticket.key);
      if (known?.free.length === 0) continue;
      try {
        if (known === undefined && !(await rooms.makeRoom(ticket))) return false;
        give(ticket, known ?? (await rooms.open(ticket)));
      } catch (error) {
        if (leave(waiting, ticket)) ticket.refuse(toAppError(error));
      }
      return true;
    }
    return false;
  };
  const give = (ticket: Ticket<S, A>, held: Held<S>) => {
    // It may have left the line while its context was opened.
    const sequence = leave(waiting, ticket) ? held.free.pop() : undefined;
    if (sequence !== undefined) ticket.give(lease(held, sequence));
  };
  const lease = (held: Held<S>, sequence: S): Lease<S> => ({
    sequence,
    [Symbol.dispose]() {
      held.free.push(sequence);
      void serve();
    },
  });
  const serve = async (): Promise<void> => {
    again = true;
    if (serving) return;
    serving = true;
    while (again) {
      again = false;
      while (await serveOne());
    }
    serving = false;
  };

  return {
    async lend(adapters, signal) {
      if (signal.aborted) throw abortError(signal);
      const { promise, resolve, reject } = Promise.withResolvers<Lease<S>>();
      const ticket = { key: options.keyOf(adapters), adapters, give: resolve, refuse: reject };
      const onAbort = () => {
        if (leave(waiting, ticket)) reject(abortError(signal));
        void serve();
      };
      waiting.push(ticket);
      signal.addEventListener('abort', onAbort, { once: true });
      void serve();
      return promise.finally(() => signal.removeEventListener('abort', onAbort));
    },
  };
}

/** False when it had left before. */
function leave<T>(line: T[], ticket: T): boolean {
  const place = line.indexOf(ticket);
  if (place >= 0) line.splice(place, 1);
  return place >= 0;
}

/** The open contexts, least lately used first. */
function contextRooms<S, A>({ contexts, loads, keyOf, open, renew }: ContextPoolOptions<S, A>) {
  const held = new Map<string, Held<S>>();
  const loaded = new Set<string>();
  const isIdle = ({ context, free }: Held<S>) => free.length === context.sequences.length;
  const close = async (key: string) => {
    const room = held.get(key);
    held.delete(key);
    await room?.context.close();
  };
  const newOnes = (adapters: readonly A[]) =>
    adapters.map((one) => keyOf([one])).filter((key) => !loaded.has(key));

  return {
    find(key: string): Held<S> | undefined {
      const room = held.get(key);
      if (room === undefined) return undefined;
      held.delete(key);
      held.set(key, room);
      return room;
    },
    /** Makes room for one more context; false while all that would have to go are busy. */
    async makeRoom({ adapters }: Pick<Ticket<S, A>, 'adapters'>): Promise<boolean> {
      const added = newOnes(adapters).length;
      if (added > 0 && loaded.size > 0 && loaded.size + added > loads) {
        if (![...held.values()].every(isIdle)) return false;
        for (const key of held.keys()) await close(key);
        loaded.clear();
        await renew();
        return true;
      }
      if (held.size < contexts) return true;
      const idle = [...held].find(([, room]) => isIdle(room));
      if (idle === undefined) return false;
      await close(idle[0]);
      return true;
    },
    async open({ key, adapters }: Pick<Ticket<S, A>, 'key' | 'adapters'>): Promise<Held<S>> {
      for (const one of newOnes(adapters)) loaded.add(one);
      const context = await open(adapters);
      const room = { context, free: [...context.sequences] };
      held.set(key, room);
      return room;
    },
  };
}
