import { expect, test } from 'vitest';
import { fakeCtx, OWNER_A } from '../../test/fakes/ctx.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { openSqliteLedger } from '../adapters/ledger/sqlite-ledger.ts';
import type { JobRun } from '../ports/job-queue.ts';
import { fillVectorsJob } from './fill-vectors.ts';

const JOB: JobRun = { id: 'job', attempt: 1, lastAttempt: false, progress() {}, note() {} };

test('a filling that has looked for the last time sends who comes then to look again', async () => {
  const ctx = fakeCtx();
  const ledger = await openSqliteLedger({ path: ':memory:', now: ctx.now });
  let taken = false;
  let joined: unknown;
  const job = fillVectorsJob({
    ledger,
    memory: fakeMemoryStore(),
    texts: { read: async () => new Map<string, string>(), forget() {} },
    bus: { publish() {} },
    embedder: () => undefined,
    leases: {
      async tryHold(_name, work) {
        if (taken) return undefined;
        taken = true;
        const done = await work();
        // The name is given back only now, so another filling finds it taken.
        joined = await job.run({}, JOB, ctx);
        return done;
      },
    },
    switched() {},
  });
  await job.run({}, JOB, ctx);
  expect(joined).toEqual({ joined: true });
  const rows = await ledger.readsOf(OWNER_A).table('jobs').list();
  expect(rows).toMatchObject([{ kind: 'fill-vectors', status: 'queued' }]);
  await ledger.close();
});
