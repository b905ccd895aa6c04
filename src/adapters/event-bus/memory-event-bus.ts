import type { EventBus, LiveEvent } from '../../ports/event-bus.ts';

/** A reader this far behind loses the oldest. */
const MAX_WAITING = 1_000;

interface Subscriber {
  readonly push: (event: LiveEvent) => void;
  readonly end: () => void;
}

/** Events within this process; nothing is kept for those who come later. */
export function memoryEventBus(): EventBus {
  const owners = new Map<string, Set<Subscriber>>();
  let closed = false;
  const leave = (ownerId: string, subscriber: Subscriber) => {
    const subscribers = owners.get(ownerId);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) owners.delete(ownerId);
  };
  return {
    publish(ownerId, event) {
      for (const subscriber of owners.get(ownerId) ?? []) subscriber.push(event);
    },
    subscribe(ownerId, signal) {
      const { subscriber, events } = subscription(() => leave(ownerId, subscriber));
      if (closed || signal.aborted) subscriber.end();
      else {
        owners.set(ownerId, (owners.get(ownerId) ?? new Set()).add(subscriber));
        signal.addEventListener('abort', subscriber.end, { once: true });
      }
      return events;
    },
    async close() {
      closed = true;
      for (const subscribers of owners.values()) for (const { end } of subscribers) end();
    },
  };
}

/** One reader's events; `left` is told once when it ends. */
function subscription(left: () => void): { subscriber: Subscriber; events: AsyncIterable<LiveEvent> } {
  const state = { waiting: [] as LiveEvent[], ended: false, wake() {} };
  const subscriber = {
    push(event: LiveEvent) {
      state.waiting.push(event);
      if (state.waiting.length > MAX_WAITING) state.waiting.shift();
      state.wake();
    },
    end() {
      state.ended = true;
      left();
      state.wake();
    },
  };
  const read = async function* () {
    try {
      while (!state.ended) {
        const event = state.waiting.shift();
        if (event) yield event;
        else await new Promise<void>((resolve) => (state.wake = resolve));
      }
    } finally {
      subscriber.end();
    }
  };
  return { subscriber, events: read() };
}
