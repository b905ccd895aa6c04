import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import type { JobRow } from '../../src/ports/ledger-rows.ts';
import type { DomainEvent, Ledger, NewJob } from '../../src/ports/ledger.ts';
import { type FakeClock, fakeClock } from '../fakes/clock.ts';
import { OWNER_A, OWNER_B } from '../fakes/ctx.ts';
import { settingRow } from '../fakes/rows.ts';

export interface LedgerContractOptions {
  readonly now: () => number;
  readonly followers: (event: DomainEvent) => readonly NewJob[];
  readonly onEnqueued: (jobs: readonly JobRow[]) => void;
}

/** The rules every driver of the ledger keeps; `open` gives an empty one. Tables and claims have suites of their own beside this one. */
export function ledgerContract(name: string, open: (options: LedgerContractOptions) => Promise<Ledger>) {
  describe(`ledger contract: ${name}`, () => {
    let ledger: Ledger;
    let clock: FakeClock;
    let delivered: JobRow[][];

    beforeEach(async () => {
      clock = fakeClock();
      delivered = [];
      ledger = await open({
        now: clock.now,
        followers: (event) =>
          event.kind === 'document-indexed'
            ? [{ kind: 'embed', queue: 'ingestion', payload: { documentId: event.documentId } }]
            : [],
        onEnqueued: (jobs) => delivered.push([...jobs]),
      });
    });
    afterEach(() => ledger.close());

    const put = (owner: string, ...keys: string[]) =>
      ledger.forOwner(owner, (tx) => tx.table('settings').insert(keys.map((key) => settingRow(key))));
    const keysOf = (owner: string) =>
      ledger.forOwner(owner, async (tx) => (await tx.table('settings').list()).map(({ key }) => key).sort());

    describe('isolation of owners', () => {
      beforeEach(async () => {
        await put(OWNER_A, 'a');
        await put(OWNER_B, 'b');
      });

      it('gets no row of another owner', async () => {
        const row = await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').get({ key: 'b' }));
        expect(row).toBeUndefined();
      });

      it('lists and counts no row of another owner', async () => {
        expect(await keysOf(OWNER_A)).toEqual(['a']);
        expect(await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').count())).toBe(1);
      });

      it('finds nothing when the condition itself names another owner', async () => {
        const rows = await ledger.forOwner(OWNER_A, (tx) =>
          tx.table('settings').list({ where: { ownerId: OWNER_B } }),
        );
        expect(rows).toEqual([]);
      });

      it('updates no row of another owner', async () => {
        const changed = await ledger.forOwner(OWNER_A, (tx) =>
          tx.table('settings').update({}, { value: '"changed"' }),
        );
        expect(changed).toBe(1);
        const other = await ledger.forOwner(OWNER_B, (tx) => tx.table('settings').get({ key: 'b' }));
        expect(other?.value).toBe('"value"');
      });

      it('removes no row of another owner', async () => {
        expect(await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').remove({}))).toBe(1);
        expect(await keysOf(OWNER_B)).toEqual(['b']);
      });

      it('replaces no row of another owner that has the same key', async () => {
        await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').upsert(settingRow('b', '"mine"')));
        const other = await ledger.forOwner(OWNER_B, (tx) => tx.table('settings').get({ key: 'b' }));
        expect(other?.value).toBe('"value"');
      });

      it('gives the row to the owner of the transaction whatever the row says', async () => {
        const forged = { ...settingRow('forged'), ownerId: OWNER_B };
        await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').insert(forged));
        expect(await keysOf(OWNER_A)).toEqual(['a', 'forged']);
        expect(await keysOf(OWNER_B)).toEqual(['b']);
      });

      it('refuses to move a row to another owner', async () => {
        const patch = { ownerId: OWNER_B } as object;
        await expect(
          ledger.forOwner(OWNER_A, (tx) => tx.table('settings').update({}, patch)),
        ).rejects.toMatchObject({ code: 'internal' });
        expect(await keysOf(OWNER_B)).toEqual(['b']);
      });

      it('refuses an owner id that is no UUID', async () => {
        await expect(ledger.forOwner("x' or 1=1", async () => 1)).rejects.toMatchObject({ code: 'internal' });
      });

      it('reads no row of another owner outside of transactions either', async () => {
        const settings = ledger.readsOf(OWNER_A).table('settings');
        expect((await settings.list()).map(({ key }) => key)).toEqual(['a']);
        expect(await settings.list({ where: { ownerId: OWNER_B } })).toEqual([]);
        expect(await settings.get({ key: 'b' })).toBeUndefined();
        expect(await settings.count()).toBe(1);
        expect(() => ledger.readsOf("x' or 1=1")).toThrow(/UUID/);
        expect(await ledger.systemReads().table('settings').count()).toBe(2);
      });

      it('reads no row of another owner in a snapshot either', async () => {
        const keys = await ledger.snapshotOf(OWNER_A, async (reads) =>
          (await reads.table('settings').list({ where: { ownerId: { in: [OWNER_A, OWNER_B] } } })).map(
            ({ key }) => key,
          ),
        );
        expect(keys).toEqual(['a']);
        expect(await ledger.systemSnapshot((reads) => reads.table('settings').count())).toBe(2);
        await expect(ledger.snapshotOf("x' or 1=1", async () => 1)).rejects.toMatchObject({
          code: 'internal',
        });
      });

      it('shows a system transaction the rows of all owners', async () => {
        const rows = await ledger.system((tx) => tx.table('settings').list({ orderBy: [['key', 'asc']] }));
        expect(rows.map(({ ownerId, key }) => [ownerId, key])).toEqual([
          [OWNER_A, 'a'],
          [OWNER_B, 'b'],
        ]);
      });
    });

    describe('reading outside of transactions', () => {
      it('sees what was committed, and nothing that is not', async () => {
        const rows = () => ledger.readsOf(OWNER_A).table('settings').count();
        await put(OWNER_A, 'first');
        expect(await rows()).toBe(1);
        const during = ledger.forOwner(OWNER_A, async (tx) => {
          await tx.table('settings').insert(settingRow('lost'));
          throw new Error('no');
        });
        await Promise.all([expect(during).rejects.toThrow('no'), expect(rows()).resolves.toBe(1)]);
        expect(await rows()).toBe(1);
      });

      it('is refused inside a transaction, which would read past its own writes', async () => {
        const inside = (read: () => unknown) =>
          expect(ledger.forOwner(OWNER_A, async () => read())).rejects.toMatchObject({ code: 'internal' });
        await inside(() => ledger.readsOf(OWNER_A));
        await inside(() => ledger.systemReads());
      });
    });

    describe('transactions', () => {
      it('takes everything back when the work throws', async () => {
        await put(OWNER_A, 'kept');
        const failing = ledger.forOwner(OWNER_A, async (tx) => {
          await tx.table('settings').insert(settingRow('lost'));
          await tx.table('settings').remove({ key: 'kept' });
          await tx.enqueue({ kind: 'work', queue: 'light', payload: null });
          throw new Error('no');
        });
        await expect(failing).rejects.toThrow('no');
        expect(await keysOf(OWNER_A)).toEqual(['kept']);
        expect(await ledger.forOwner(OWNER_A, (tx) => tx.table('jobs').count())).toBe(0);
        expect(delivered).toEqual([]);
      });

      it('serves the next transaction after one that failed', async () => {
        await expect(ledger.system(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
        await put(OWNER_A, 'next');
        expect(await keysOf(OWNER_A)).toEqual(['next']);
      });

      it('loses no update of transactions that run at the same time', async () => {
        await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').insert(settingRow('n', '0')));
        const increment = () =>
          ledger.forOwner(OWNER_A, async (tx) => {
            const row = await tx.table('settings').get({ key: 'n' });
            await tx.table('settings').update({ key: 'n' }, { value: String(Number(row?.value) + 1) });
          });
        await Promise.all(Array.from({ length: 25 }, increment));
        const row = await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').get({ key: 'n' }));
        expect(row?.value).toBe('25');
      });

      it('lets none of a failed transaction through that was sent without waiting', async () => {
        const failing = ledger.forOwner(OWNER_A, async (tx) => {
          const settings = tx.table('settings');
          await Promise.all([
            settings.insert([settingRow('same'), settingRow('same')]),
            settings.insert(settingRow('beside')),
            settings.insert(settingRow('later')).then(() => settings.insert(settingRow('latest'))),
          ]);
        });
        await expect(failing).rejects.toMatchObject({ code: 'conflict' });
        expect(await keysOf(OWNER_A)).toEqual([]);
      });

      it('refuses the use of a transaction after its end', async () => {
        const ended = await ledger.forOwner(OWNER_A, async (tx) => ({ tx }));
        await expect(ended.tx.table('settings').insert(settingRow('late'))).rejects.toThrow(/commit|end/i);
        expect(await keysOf(OWNER_A)).toEqual([]);
      });

      it('refuses a transaction inside another one instead of waiting for ever', async () => {
        const nested = ledger.forOwner(OWNER_A, () => ledger.forOwner(OWNER_B, async () => 1));
        await expect(nested).rejects.toMatchObject({ code: 'internal' });
      });

      it('tells the time the transaction began', async () => {
        clock.advance(5);
        expect(await ledger.system(async (tx) => tx.now)).toBe(clock.now());
      });
    });

    describe('enqueueing', () => {
      const work: NewJob = { kind: 'work', queue: 'light', payload: { n: 1 } };
      const enqueue = (job: NewJob, owner = OWNER_A) => ledger.forOwner(owner, (tx) => tx.enqueue(job));
      const job = (id: string) => ledger.system((tx) => tx.table('jobs').get({ id }));

      it('queues a job of the owner, due now, with three attempts', async () => {
        const id = await enqueue(work);
        expect(await job(id)).toMatchObject({
          ownerId: OWNER_A,
          status: 'queued',
          payload: '{"n":1}',
          priority: 10,
          attempt: 0,
          maxAttempts: 3,
          runAt: clock.now(),
          createdAt: clock.now(),
        });
      });

      it('tells what was queued after the commit, once', async () => {
        const id = await enqueue(work);
        expect(delivered.map((jobs) => jobs.map((row) => row.id))).toEqual([[id]]);
      });

      it('queues what follows an event in the transaction that announces it', async () => {
        const documentId = newId();
        await ledger.forOwner(OWNER_A, (tx) => tx.announce({ kind: 'document-indexed', documentId }));
        const rows = await ledger.forOwner(OWNER_A, (tx) => tx.table('jobs').list());
        expect(rows).toMatchObject([{ kind: 'embed', payload: JSON.stringify({ documentId }) }]);
        expect(delivered).toHaveLength(1);
      });

      it('does not queue a key again while it waits', async () => {
        const first = await enqueue({ ...work, dedupKey: 'k' });
        expect(await enqueue({ ...work, dedupKey: 'k' })).toBe(first);
        expect(await ledger.system((tx) => tx.table('jobs').count())).toBe(1);
      });

      it('lets the waiting job go by the more urgent of two askers', async () => {
        const first = await enqueue({ ...work, dedupKey: 'k', priority: 20, runAt: clock.now() + 1_000 });
        await enqueue({ ...work, dedupKey: 'k', priority: 0, runAt: clock.now() + 2_000 });
        expect(await job(first)).toMatchObject({ priority: 0, runAt: clock.now() + 1_000 });
        expect(delivered.flat().map(({ id, priority }) => [id, priority])).toEqual([
          [first, 20],
          [first, 0],
        ]);
      });

      it('queues the same key for another owner', async () => {
        const first = await enqueue({ ...work, dedupKey: 'k' });
        expect(await enqueue({ ...work, dedupKey: 'k' }, OWNER_B)).not.toBe(first);
      });

      it.each(['running', 'done', 'dead', 'cancelled'] as const)(
        'queues a key again when the earlier job is %s',
        async (status) => {
          const first = await enqueue({ ...work, dedupKey: 'k' });
          await ledger.system((tx) => tx.table('jobs').update({ id: first }, { status }));
          expect(await enqueue({ ...work, dedupKey: 'k' })).not.toBe(first);
        },
      );

      it('lets a system transaction queue for any owner', async () => {
        const id = await ledger.system((tx) => tx.enqueue(OWNER_B, work));
        expect(await job(id)).toMatchObject({ ownerId: OWNER_B });
      });
    });
  });
}
