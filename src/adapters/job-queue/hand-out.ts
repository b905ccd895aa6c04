import type { QueueName } from '../../ports/ledger-rows.ts';
import type { Deliveries, Delivery } from './bullmq-deliveries.ts';

/** Somebody who waits for a delivery of some queues, served once. */
interface Waiter {
  readonly queues: readonly QueueName[];
  readonly serve: (delivery: Delivery | undefined) => void;
}

/** Hands deliveries to those who wait in this process. */
export interface HandOut {
  /** Resolves with the next delivery of these queues, or with `undefined` when `woken` is called. */
  wait(queues: readonly QueueName[]): {
    readonly served: Promise<Delivery | undefined>;
    readonly wake: () => void;
  };
  wakeAll(): void;
  /** How often all were woken: who looks elsewhere before it waits sees whether it was meant, too. */
  wakes(): number;
}

export interface HandOutOptions {
  readonly deliveriesOf: (queue: QueueName) => Deliveries;
  /** Told when Redis has answered. */
  readonly answered: () => void;
  /** Told when Redis failed; resolves when it is worth asking again, with false when it never is. */
  readonly failed: (error: unknown) => Promise<boolean>;
}

/**
 * One loop a queue, which runs only while somebody waits for it. First they look one after another, beginning each time
 * with another queue, so that a process with one free place takes one delivery; only then each waits at its queue.
 */
export function handOut({ deliveriesOf, answered, failed }: HandOutOptions): HandOut {
  const waiters = new Set<Waiter>();
  const running = new Set<QueueName>();
  let looking: Promise<unknown> = Promise.resolve();
  let rounds = 0;
  let wakes = 0;
  const wanted = (queue: QueueName) => [...waiters].find((waiter) => waiter.queues.includes(queue));
  const give = async (queue: QueueName, delivery: Delivery | undefined) => {
    answered();
    const waiter = wanted(queue);
    if (delivery === undefined) return;
    if (waiter) waiter.serve(delivery);
    else await delivery.giveBack();
  };
  const look = async (queue: QueueName) => {
    if (wanted(queue)) await give(queue, await deliveriesOf(queue).take({ wait: false }));
  };
  const stay = async (queue: QueueName) => {
    if (wanted(queue)) await give(queue, await deliveriesOf(queue).take({ wait: true }));
  };
  const run = async (queue: QueueName) => {
    if (running.has(queue)) return;
    running.add(queue);
    try {
      while (wanted(queue)) {
        const mine = looking.then(() => look(queue));
        looking = mine.catch(() => undefined);
        try {
          await mine;
          await stay(queue);
        } catch (error) {
          if (!(await failed(error))) return;
        }
      }
    } finally {
      running.delete(queue);
    }
  };
  return {
    wait(queues) {
      const { promise, resolve } = Promise.withResolvers<Delivery | undefined>();
      const waiter: Waiter = {
        queues,
        serve(delivery) {
          waiters.delete(waiter);
          resolve(delivery);
        },
      };
      waiters.add(waiter);
      const first = rounds++ % queues.length;
      for (const queue of [...queues.slice(first), ...queues.slice(0, first)]) void run(queue);
      return { served: promise, wake: () => waiter.serve(undefined) };
    },
    wakes: () => wakes,
    wakeAll() {
      wakes += 1;
      for (const waiter of waiters) waiter.serve(undefined);
    },
  };
}
