import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobQueueContract } from '../../../test/contracts/job-queue.ts';
import { ledgerClaimsContract } from '../../../test/contracts/ledger-claims.ts';
import { ledgerTablesContract } from '../../../test/contracts/ledger-tables.ts';
import { ledgerContract } from '../../../test/contracts/ledger.ts';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import { eventually } from '../../../test/fakes/eventually.ts';
import { settingRow } from '../../../test/fakes/rows.ts';
import { type TestDatabase, testDatabase } from '../../../test/servers/postgres-database.ts';
import { toAppError } from '../../core/errors.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { ledgerJobQueue } from '../job-queue/ledger-job-queue.ts';
import type { LedgerOptions } from './ledger-over.ts';
import { MIGRATIONS } from './migrations.ts';
import { openPostgresLedger } from './postgres-ledger.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const openEmpty = async (options: LedgerOptions) => {
  await database.empty();
  return openPostgresLedger({ url: database.url, ...options });
};

ledgerContract('postgres', openEmpty);
ledgerTablesContract('postgres', () => openEmpty({ now: () => 0 }));
ledgerClaimsContract('postgres', openEmpty);
jobQueueContract('ledger on postgres', async ({ now, timers, onEnqueued }) => {
  const ledger = await openEmpty({ now, onEnqueued });
  return { ledger, queue: ledgerJobQueue({ ledger, now, timers }) };
});

describe('postgres ledger', () => {
  const open = () => openPostgresLedger({ url: database.url, now: Date.now });
  const twoLedgers = async <T>(work: (ledgers: readonly [Ledger, Ledger]) => Promise<T>): Promise<T> => {
    await database.empty();
    const ledgers = [await open(), await open()] as const;
    try {
      return await work(ledgers);
    } finally {
      for (const ledger of ledgers) await ledger.close();
    }
  };
  const increment = (ledger: Ledger) =>
    ledger.forOwner(OWNER_A, async (tx) => {
      const row = await tx.table('settings').get({ key: 'n' });
      await tx.table('settings').upsert(settingRow('n', String(Number(row?.value ?? '0') + 1)));
    });
  const counted = async (ledger: Ledger) =>
    Number((await ledger.readsOf(OWNER_A).table('settings').get({ key: 'n' }))?.value);

  it('loses none of 200 increments that two processes make at the same time', () =>
    twoLedgers(async (ledgers) => {
      await Promise.all(
        Array.from({ length: 200 }, (_, n) => increment(n % 2 === 0 ? ledgers[0] : ledgers[1])),
      );
      expect(await counted(ledgers[0])).toBe(200);
    }));

  it('gives each job to one of two processes', () =>
    twoLedgers(async (ledgers) => {
      const job = { kind: 'work', queue: 'light', payload: null } as const;
      const ids = await ledgers[0].forOwner(OWNER_A, async (tx) => {
        const queued: string[] = [];
        for (let n = 0; n < 60; n++) queued.push(await tx.enqueue(job));
        return queued;
      });
      const claimed: string[] = [];
      const worker = async (ledger: Ledger, name: string) => {
        for (;;) {
          const claim = { queues: ['light', 'ingestion'], worker: name, leaseMs: 60_000 } as const;
          const row = await ledger.system((tx) => tx.claimJob(claim));
          if (!row) return;
          claimed.push(row.id);
        }
      };
      await Promise.all(ledgers.flatMap((ledger, n) => [worker(ledger, `a${n}`), worker(ledger, `b${n}`)]));
      expect(claimed.sort()).toEqual(ids.sort());
    }));

  it('queues a key once when two processes ask for it at the same time', () =>
    twoLedgers(async (ledgers) => {
      const job = { kind: 'work', queue: 'light', payload: null, dedupKey: 'k' } as const;
      const asked = Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? ledgers[0] : ledgers[1]).forOwner(OWNER_A, (tx) => tx.enqueue(job)),
      );
      expect(new Set(await Promise.all(asked)).size).toBe(1);
    }));

  it('loses nothing that resolved when the server goes away, fails fast, and goes on when it is back', () =>
    twoLedgers(async (ledgers) => {
      const outcomes: string[] = [];
      const tries = async (count: number) => {
        const codes = await Promise.allSettled(
          Array.from({ length: count }, (_, n) => increment(n % 2 === 0 ? ledgers[0] : ledgers[1])),
        );
        for (const done of codes)
          outcomes.push(done.status === 'fulfilled' ? 'kept' : toAppError(done.reason).code);
      };
      const going = tries(100);
      await eventually(async () => (await counted(ledgers[0])) > 10);
      await database.goDown();
      await going;
      const startedAt = performance.now();
      await tries(20);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      await database.comeBack();
      await tries(20);
      expect(new Set(outcomes)).toEqual(new Set(['kept', 'unavailable']));
      expect(outcomes.slice(-40)).toEqual([...Array(20).fill('unavailable'), ...Array(20).fill('kept')]);
      const kept = outcomes.filter((outcome) => outcome === 'kept').length;
      // The answer to at most one commit of each process was cut off.
      expect(await counted(ledgers[0])).toBeGreaterThanOrEqual(kept);
      expect(await counted(ledgers[0])).toBeLessThanOrEqual(kept + 2);
    }));

  it('fails a transaction in which a statement failed, also when the work goes on', () =>
    twoLedgers(async ([ledger]) => {
      const swallowing = ledger.forOwner(OWNER_A, async (tx) => {
        await tx.table('settings').insert(settingRow('k'));
        await tx
          .table('settings')
          .insert(settingRow('k'))
          .catch(() => undefined);
      });
      await expect(swallowing).rejects.toMatchObject({ code: 'conflict' });
      expect(await ledger.readsOf(OWNER_A).table('settings').count()).toBe(0);
    }));

  it('shows a snapshot as it was when it began, while others write', () =>
    twoLedgers(async ([ledger, other]) => {
      const put = (key: string) =>
        other.forOwner(OWNER_A, (tx) => tx.table('settings').insert(settingRow(key)));
      await put('before');
      const counts = await ledger.snapshotOf(OWNER_A, async (reads) => {
        const first = await reads.table('settings').count();
        await put('meanwhile');
        const later = await reads.table('settings').count();
        return [first, later, await ledger.readsOf(OWNER_A).table('settings').count()];
      });
      expect(counts).toEqual([1, 1, 2]);
    }));

  it('refuses a text that PostgreSQL cannot hold, as wrong input', () =>
    twoLedgers(async ([ledger]) => {
      const writing = ledger.forOwner(OWNER_A, (tx) => tx.table('settings').insert(settingRow('a\0b')));
      await expect(writing).rejects.toMatchObject({ code: 'invalid-input' });
    }));

  it('fails fast where no server is', async () => {
    const opening = openPostgresLedger({ url: 'postgres://nobody@127.0.0.1:9/none', now: () => 0 });
    await expect(opening).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('postgres schema', () => {
  let own: TestDatabase;
  const open = () => openPostgresLedger({ url: own.url, now: Date.now });
  beforeAll(async () => {
    own = await testDatabase();
  });
  afterAll(() => own.drop());

  it('names what an administrator must run when the user may not make the role', async () => {
    const user = new URL(own.url).username;
    await own.run(`alter role "${user}" nocreaterole`);
    await expect(open()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(`create role "${user}_app" nologin; grant`) as unknown,
    });
    await own.run(`create role "${user}_app" nologin`);
    await own.run(`grant "${user}_app" to "${user}"`);
    await (await open()).close();
  });

  it('is made once by processes that start at the same time', async () => {
    await own.run('drop schema public cascade');
    await own.run('create schema public authorization pg_database_owner');
    const ledgers = await Promise.all([open(), open(), open()]);
    for (const ledger of ledgers) await ledger.close();
    const versions = await own.run('select version from schema_version order by version');
    expect(versions.map(({ version }) => Number(version))).toEqual(MIGRATIONS.map(({ version }) => version));
  });

  it('of a newer Jiwa is refused, naming both versions', async () => {
    await own.run('insert into schema_version values (99, 0)');
    await expect(open()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/version 99.*up to \d/) as unknown,
    });
    await own.run('delete from schema_version where version = 99');
  });

  it('is refused where a commit does not wait for the disk', async () => {
    const user = new URL(own.url).username;
    await own.run(`alter role "${user}" set synchronous_commit = off`);
    await expect(open()).rejects.toMatchObject({ code: 'unsupported' });
    await own.run(`alter role "${user}" reset synchronous_commit`);
  });
});
