import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction, openDatabase } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'jiwa-database-'));
afterAll(() => rmSync(folder, { recursive: true }));
let path: string;
let files = 0;
beforeEach(() => {
  path = join(folder, `${files++}.sqlite`);
});

const FIRST = 'CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)';
const SECOND = 'ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 2';
const rowOf = (file: string, migrations: readonly string[]) => {
  const db = openDatabase(file, migrations);
  const row = { ...db.prepare('SELECT * FROM t').get() };
  db.close();
  return row;
};

describe('memory file', () => {
  test('runs each migration once', () => {
    expect(rowOf(path, [FIRST])).toEqual({ a: 1 });
    expect(rowOf(path, [FIRST])).toEqual({ a: 1 });
    expect(rowOf(path, [FIRST, SECOND])).toEqual({ a: 1, b: 2 });
  });

  test('is copied before a migration, and not when it is new', () => {
    rowOf(path, [FIRST]);
    expect(existsSync(`${path}.before-v1`)).toBe(false);
    rowOf(path, [FIRST, SECOND]);
    expect(rowOf(`${path}.before-v2`, [FIRST])).toEqual({ a: 1 });
  });

  test('stays as it was when a migration fails', () => {
    rowOf(path, [FIRST]);
    expect(() => openDatabase(path, [FIRST, `${SECOND}; SELECT nonsense`])).toThrow('no such column');
    expect(rowOf(path, [FIRST])).toEqual({ a: 1 });
    expect(rowOf(path, [FIRST, SECOND])).toEqual({ a: 1, b: 2 });
  });

  test('of a newer version is refused and left alone', () => {
    rowOf(path, [FIRST, SECOND]);
    expect(() => openDatabase(path, [FIRST])).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(rowOf(path, [FIRST, SECOND])).toEqual({ a: 1, b: 2 });
  });

  test('keeps nothing of a transaction that fails', () => {
    const db = openDatabase(path, [FIRST]);
    const failing = () =>
      inTransaction(db, () => {
        db.exec('UPDATE t SET a = 9');
        throw new RangeError('no');
      });
    expect(failing).toThrow(RangeError);
    expect({ ...db.prepare('SELECT a FROM t').get() }).toEqual({ a: 1 });
    db.close();
  });
});
