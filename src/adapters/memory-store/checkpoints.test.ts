import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../core/context.ts';
import { checkpoints } from './checkpoints.ts';
import { openDatabase } from './database.ts';

const MB = 1_000_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jiwa-checkpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('checkpoints', () => {
  it('move what was written from the log into the file while it stays open', async () => {
    const path = join(folder, 'memory.sqlite');
    const db = openDatabase(path, ['CREATE TABLE t (bytes BLOB)']);
    const moving = checkpoints(path, silentLog);
    db.prepare('INSERT INTO t VALUES (?)').run(new Uint8Array(MB));
    expect(statSync(path).size).toBeLessThan(MB);
    moving.wrote();
    await vi.waitFor(() => expect(statSync(path).size).toBeGreaterThan(MB), { timeout: 10_000 });
    moving.close();
    db.close();
  });

  it('that fail are said in the log, and tried again after the next write', async () => {
    const warn = vi.fn<() => void>();
    const moving = checkpoints(join(folder, 'no such folder', 'memory.sqlite'), { ...silentLog, warn });
    for (const times of [1, 2]) {
      moving.wrote();
      await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(times), { timeout: 10_000 });
    }
    moving.close();
  });
});
