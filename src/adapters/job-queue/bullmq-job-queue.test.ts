import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../../test/fakes/clock.ts';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import { silentLog } from '../../core/context.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { openRedis } from '../connections/redis-connection.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { bullmqJobQueue } from './bullmq-job-queue.ts';

/** Nobody listens there. */
const NOWHERE = 'redis://127.0.0.1:1';

let clock: FakeClock;
let ledger: Ledger;
let close: () => Promise<void>;
let open: (over: Ledger) => JobQueue;
let queue: JobQueue | undefined;
beforeEach(async () => {
  clock = fakeClock();
  queue = undefined;
  const { now } = clock;
  const redis = openRedis({ url: NOWHERE, prefix: 'none', log: silentLog });
  ledger = await openSqliteLedger({ path: ':memory:', now, onEnqueued: (jobs) => queue?.deliver(jobs) });
  open = (over) => bullmqJobQueue({ redis, ledger: over, now, timers: clock, log: silentLog });
  close = async () => {
    await queue?.close();
    await redis.close();
    await ledger.close();
  };
});
afterEach(() => close());

const enqueue = () =>
  ledger.forOwner(OWNER_A, (tx) => tx.enqueue({ kind: 'work', queue: 'light', payload: null }));
const next = () => queue?.next(['light'], 'w', 1_000, new AbortController().signal);

it('gives jobs while Redis is away', async () => {
  queue = open(ledger);
  const id = await enqueue();
  expect((await next())?.id).toBe(id);
});

it.each(['looked for due ones', 'looked for later ones'])(
  'misses no job that is queued when it has just %s while Redis is away',
  async (when) => {
    let queued: Promise<string> | undefined;
    const once = () => (queued ??= enqueue());
    const seen: Ledger = {
      ...ledger,
      async system(work) {
        const job = await ledger.system(work);
        if (when === 'looked for due ones') await once();
        return job;
      },
      systemReads() {
        const reads = ledger.systemReads();
        return {
          table(name) {
            const table = reads.table(name);
            return {
              ...table,
              async list(query) {
                const rows = await table.list(query);
                if (when === 'looked for later ones' && name === 'jobs') await once();
                return rows;
              },
            };
          },
        };
      },
    };
    queue = open(seen);
    expect((await next())?.id).toBe(await queued);
  },
);
