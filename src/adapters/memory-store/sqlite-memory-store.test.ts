import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { memoryStoreContract } from '../../../test/contracts/memory-store.ts';
import { CONTRACT_BM25 } from '../../../test/contracts/store-at-hand.ts';
import { silentLog } from '../../core/context.ts';
import { openSqliteMemoryStore } from './sqlite-memory-store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-memory-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = () =>
  openSqliteMemoryStore({
    path: join(folder, 'memory.sqlite'),
    bm25: CONTRACT_BM25,
    indexBudgetBytes: 1_000_000,
    log: silentLog,
  });

memoryStoreContract('sqlite', open, { runs: 60, wordStatistics: 'exact' });
