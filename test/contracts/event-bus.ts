import { afterEach, describe, expect, it } from 'vitest';
import type { EventBus, LiveEvent } from '../../src/ports/event-bus.ts';
import { OWNER_A, OWNER_B } from '../fakes/ctx.ts';

const job = (jobId: string): LiveEvent => ({ kind: 'job-changed', jobId });
const never = new AbortController().signal;

async function take(events: AsyncIterable<LiveEvent>, count: number): Promise<LiveEvent[]> {
  const taken: LiveEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

/** The rules every driver of the event bus keeps; `openBus` gives one that nobody else uses. */
export function eventBusContract(name: string, openBus: () => EventBus) {
  describe(`event bus contract: ${name}`, () => {
    const opened: EventBus[] = [];
    const open = (): EventBus => {
      const bus = openBus();
      opened.push(bus);
      return bus;
    };
    afterEach(async () => {
      for (const bus of opened.splice(0)) await bus.close();
    });

    it('gives a reader the events of its owner from the moment it subscribed, in order', async () => {
      const bus = open();
      bus.publish(OWNER_A, job('before'));
      const events = bus.subscribe(OWNER_A, never);
      bus.publish(OWNER_A, job('1'));
      bus.publish(OWNER_B, job('other'));
      bus.publish(OWNER_A, job('2'));
      expect(await take(events, 2)).toEqual([job('1'), job('2')]);
    });

    it('wakes a reader that waits', async () => {
      const bus = open();
      const taken = take(bus.subscribe(OWNER_A, never), 1);
      await Promise.resolve();
      bus.publish(OWNER_A, job('1'));
      expect(await taken).toEqual([job('1')]);
    });

    it('gives every reader every event', async () => {
      const bus = open();
      const readers = [bus.subscribe(OWNER_A, never), bus.subscribe(OWNER_A, never)];
      bus.publish(OWNER_A, job('1'));
      expect(await Promise.all(readers.map((reader) => take(reader, 1)))).toEqual([[job('1')], [job('1')]]);
    });

    it('drops the oldest events of a reader that is more than 1,000 behind', async () => {
      const bus = open();
      const events = bus.subscribe(OWNER_A, never);
      for (let n = 0; n < 1_005; n++) bus.publish(OWNER_A, job(String(n)));
      expect((await take(events, 1_000)).at(0)).toEqual(job('5'));
    });

    it('ends when its signal is aborted, also while it waits', async () => {
      const bus = open();
      const stopped = new AbortController();
      const all = Array.fromAsync(bus.subscribe(OWNER_A, stopped.signal));
      await Promise.resolve();
      stopped.abort();
      expect(await all).toEqual([]);
      expect(await Array.fromAsync(bus.subscribe(OWNER_A, stopped.signal))).toEqual([]);
    });

    it('ends all readers when it is closed', async () => {
      const bus = open();
      const all = [OWNER_A, OWNER_B].map((owner) => Array.fromAsync(bus.subscribe(owner, never)));
      await bus.close();
      expect(await Promise.all(all)).toEqual([[], []]);
      expect(await Array.fromAsync(bus.subscribe(OWNER_A, never))).toEqual([]);
    });
  });
}
