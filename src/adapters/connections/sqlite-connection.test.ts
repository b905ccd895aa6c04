import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from './sqlite-connection.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-sqlite-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (path = join(folder, 'test.sqlite')) =>
  openSqlite({ path, setup: ['PRAGMA journal_mode = WAL', 'PRAGMA synchronous = FULL'] });

describe('sqlite connection', () => {
  it('keeps what was written for the next one who opens the file', async () => {
    const first = await open();
    await first.run('create table t (id integer primary key, name text)');
    await first.run('insert into t values (?, ?)', [1, 'one']);
    await first.close();
    const second = await open();
    expect((await second.run('select * from t')).rows).toEqual([{ id: 1, name: 'one' }]);
    await second.close();
  });

  it('runs statements in the order of the calls, also those sent before closing', async () => {
    const db = await open();
    const created = db.run('create table t (n integer)');
    const inserted = Array.from({ length: 50 }, (_, n) => db.run('insert into t values (?)', [n]));
    const read = db.run('select group_concat(n) as seen from t');
    await db.close();
    await Promise.all([created, ...inserted]);
    expect((await read).rows).toEqual([{ seen: Array.from({ length: 50 }, (_, n) => n).join(',') }]);
  });

  it('says how many rows a statement changed', async () => {
    const db = await open();
    await db.run('create table t (n integer)');
    await db.run('insert into t values (1), (2), (3)');
    expect((await db.run('delete from t where n > 1')).changes).toBe(2);
    await db.close();
  });

  it('throws conflict when a key is taken and goes on serving', async () => {
    const db = await open();
    await db.run('create table t (id text primary key)');
    await db.run("insert into t values ('a')");
    await expect(db.run("insert into t values ('a')")).rejects.toMatchObject({ code: 'conflict' });
    expect((await db.run('select count(*) as n from t')).rows).toEqual([{ n: 1 }]);
    await db.close();
  });

  it('takes an unknown column for an error, never for a string', async () => {
    const db = await open();
    await db.run('create table t (id text primary key)');
    await expect(db.run('select "missing" from t')).rejects.toMatchObject({ code: 'internal' });
    await db.close();
  });

  it('fails what waits and what comes with unavailable when its thread dies', async () => {
    const started: Worker[] = [];
    process.once('worker', (worker) => started.push(worker));
    const db = await open();
    const endless = db.run(
      'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n',
    );
    await started[0]?.terminate();
    await expect(endless).rejects.toMatchObject({ code: 'unavailable' });
    await expect(db.run('select 1')).rejects.toMatchObject({ code: 'unavailable' });
    await db.close();
  });

  it('refuses statements after it was closed', async () => {
    const db = await open();
    await db.close();
    await expect(db.run('select 1')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails only the statement whose values cannot travel', async () => {
    const db = await open();
    const bad = db.run('select ?', [(() => 1) as unknown as string]);
    await expect(bad).rejects.toMatchObject({ code: 'internal' });
    expect((await db.run('select 1 as n')).rows).toEqual([{ n: 1 }]);
    await db.close();
  });

  it('refuses a file that is no database', async () => {
    const path = join(folder, 'text.sqlite');
    await writeFile(path, 'this is not a database, only words that are long enough to be a header');
    await expect(open(path)).rejects.toMatchObject({ code: 'internal' });
  });

  it('refuses a folder that does not exist', async () => {
    await expect(open(join(folder, 'missing', 'test.sqlite'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
