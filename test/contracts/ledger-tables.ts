import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger, OwnerTx } from '../../src/ports/ledger.ts';
import { OWNER_A } from '../fakes/ctx.ts';
import { documentRow, settingRow } from '../fakes/rows.ts';

/** How tables of every driver of the ledger read and write rows; `open` gives an empty ledger. */
export function ledgerTablesContract(name: string, open: () => Promise<Ledger>) {
  describe(`ledger tables contract: ${name}`, () => {
    let ledger: Ledger;
    beforeEach(async () => {
      ledger = await open();
    });
    afterEach(() => ledger.close());

    const settingsOf = (tx: OwnerTx) => tx.table('settings');
    const settings = <T>(work: (table: ReturnType<typeof settingsOf>) => Promise<T>) =>
      ledger.forOwner(OWNER_A, (tx) => work(settingsOf(tx)));
    const put = (...keys: string[]) => settings((table) => table.insert(keys.map((key) => settingRow(key))));
    const keysOf = () => settings(async (table) => (await table.list()).map(({ key }) => key).sort());

    describe('tables', () => {
      it('reads back what was written, as text, number or null', async () => {
        const row = documentRow({
          sizeBytes: Number.MAX_SAFE_INTEGER,
          uploadedAt: 1_799_999_999_999,
          filename: 'Ünïcödé — отчёт 😀.txt',
          language: null,
          pageCount: 3,
        });
        await ledger.forOwner(OWNER_A, (tx) => tx.table('documents').insert(row));
        const read = await ledger.forOwner(OWNER_A, (tx) => tx.table('documents').get({ id: row.id }));
        expect(read).toEqual({ ...row, ownerId: OWNER_A });
      });

      it('throws conflict when the key is taken', async () => {
        await put('k');
        await expect(put('k')).rejects.toMatchObject({ code: 'conflict' });
      });

      it('inserts no row of a list when one of them conflicts', async () => {
        await put('k');
        await expect(put('first', 'k')).rejects.toMatchObject({ code: 'conflict' });
        expect(await keysOf()).toEqual(['k']);
      });

      it('inserts and removes thousands of rows in one call', async () => {
        const keys = Array.from({ length: 2_500 }, (_, n) => `k${n}`);
        await put(...keys);
        expect(await settings((table) => table.count())).toBe(2_500);
        expect(await settings((table) => table.remove({ key: { in: keys } }))).toBe(2_500);
      });

      it('takes an empty list for nothing to write', async () => {
        await settings(async (table) => {
          await table.insert([]);
          await table.upsert([]);
        });
        expect(await keysOf()).toEqual([]);
      });

      it('replaces a row by upsert and keeps the last of several with one key', async () => {
        await put('k');
        await settings((table) =>
          table.upsert([settingRow('k', '1'), settingRow('new'), settingRow('k', '2')]),
        );
        expect(await keysOf()).toEqual(['k', 'new']);
        expect((await settings((table) => table.get({ key: 'k' })))?.value).toBe('2');
      });

      it('says how many rows an update and a removal touched', async () => {
        await put('a', 'b', 'c');
        expect(await settings((table) => table.update({ key: { in: ['a', 'b'] } }, { value: '1' }))).toBe(2);
        expect(await settings((table) => table.remove({ value: '1' }))).toBe(2);
        expect(await settings((table) => table.remove({ value: '1' }))).toBe(0);
      });

      it('changes nothing by an empty patch', async () => {
        await put('a');
        expect(await settings((table) => table.update({}, {}))).toBe(0);
      });

      it('orders by several columns and gives the page that was asked for', async () => {
        await settings((table) =>
          table.insert([
            settingRow('a', '2'),
            settingRow('b', '1'),
            settingRow('c', '1'),
            settingRow('d', '3'),
          ]),
        );
        const orderBy = [
          ['value', 'desc'],
          ['key', 'asc'],
        ] as const;
        const keys = async (page: { limit?: number; offset?: number }) =>
          (await settings((table) => table.list({ orderBy, ...page }))).map(({ key }) => key);
        expect(await keys({})).toEqual(['d', 'a', 'b', 'c']);
        expect(await keys({ limit: 2, offset: 1 })).toEqual(['a', 'b']);
        expect(await keys({ offset: 3 })).toEqual(['c']);
        expect(await keys({ limit: 0 })).toEqual([]);
      });

      it('orders text by byte', async () => {
        await put('b', 'B', 'a', 'é', 'a-b', 'ab', '_');
        const rows = await settings((table) => table.list({ orderBy: [['key', 'asc']] }));
        expect(rows.map(({ key }) => key)).toEqual(['B', '_', 'a', 'a-b', 'ab', 'b', 'é']);
      });

      it('takes conditions of any whole number', async () => {
        await ledger.forOwner(OWNER_A, (tx) => tx.table('documents').insert(documentRow({ chunkCount: 3 })));
        const most = { chunkCount: { lt: Number.MAX_SAFE_INTEGER } };
        expect(await ledger.forOwner(OWNER_A, (tx) => tx.table('documents').count(most))).toBe(1);
      });

      it('refuses a condition without a value', async () => {
        const where = { key: undefined } as unknown as { key: string };
        await put('a');
        await expect(settings((table) => table.remove(where))).rejects.toMatchObject({ code: 'internal' });
        expect(await keysOf()).toEqual(['a']);
      });

      it('refuses a column that does not exist', async () => {
        const where = { nothing: 1 } as unknown as { key: string };
        await expect(settings((table) => table.list({ where }))).rejects.toMatchObject({ code: 'internal' });
      });
    });

    describe('comparisons', () => {
      const ids = {
        one: '00000000-0000-4000-8000-000000000001',
        two: '00000000-0000-4000-8000-000000000002',
        three: '00000000-0000-4000-8000-000000000003',
      };
      const find = async (where: object) => {
        const rows = await ledger.forOwner(OWNER_A, (tx) =>
          tx.table('documents').list({ where, orderBy: [['id', 'asc']] }),
        );
        return rows.map(({ id }) => Number(id.at(-1)));
      };
      beforeEach(() =>
        ledger.forOwner(OWNER_A, (tx) =>
          tx
            .table('documents')
            .insert([
              documentRow({ id: ids.one, sizeBytes: 10, reason: 'Alpha' }),
              documentRow({ id: ids.two, sizeBytes: 20, reason: 'beta' }),
              documentRow({ id: ids.three, sizeBytes: 30, reason: null }),
            ]),
        ),
      );

      it('holds all conditions together', async () => {
        expect(await find({ sizeBytes: { gte: 20 }, reason: { not: null } })).toEqual([2]);
      });

      it('compares with less and greater, also both on one column', async () => {
        expect(await find({ sizeBytes: { lt: 20 } })).toEqual([1]);
        expect(await find({ sizeBytes: { lte: 20 } })).toEqual([1, 2]);
        expect(await find({ sizeBytes: { gt: 20 } })).toEqual([3]);
        expect(await find({ sizeBytes: { gt: 10, lt: 30 } })).toEqual([2]);
      });

      it('finds null by null, and by a list that has it', async () => {
        expect(await find({ reason: null })).toEqual([3]);
        expect(await find({ reason: { in: ['beta', null] } })).toEqual([2, 3]);
      });

      it('counts null as different from a value', async () => {
        expect(await find({ reason: { not: 'beta' } })).toEqual([1, 3]);
      });

      it('finds nothing by an empty list', async () => {
        expect(await find({ id: { in: [] } })).toEqual([]);
      });

      it('finds a part of a text, ignoring case', async () => {
        expect(await find({ reason: { contains: 'ALPH' } })).toEqual([1]);
        expect(await find({ reason: { contains: 'a' } })).toEqual([1, 2]);
      });

      it('finds letters beyond ASCII as they are', async () => {
        const filename = 'Ünïcödé.txt';
        await ledger.forOwner(OWNER_A, (tx) => tx.table('documents').update({ id: ids.one }, { filename }));
        expect(await find({ filename: { contains: 'ÜNï' } })).toEqual([1]);
      });

      it('takes every character of the searched part for itself', async () => {
        const part = fc.string({ unit: fc.constantFrom('%', '_', '!', '\\', "'", '"', 'a', '?', '$', '1') });
        await fc.assert(
          fc.asyncProperty(part, part, async (filename, searched) => {
            await ledger.forOwner(OWNER_A, (tx) =>
              tx.table('documents').update({ id: ids.one }, { filename }),
            );
            const found = await find({ id: ids.one, filename: { contains: searched } });
            expect(found).toEqual(filename.includes(searched) ? [1] : []);
          }),
          { numRuns: 150 },
        );
      });
    });
  });
}
