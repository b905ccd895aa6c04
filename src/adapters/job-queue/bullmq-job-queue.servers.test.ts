import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { jobQueueContract, type JobQueueContractOptions } from '../../../test/contracts/job-queue.ts';
import { type TestDatabase, testDatabase } from '../../../test/servers/postgres-database.ts';
import { serverVariable } from '../../../test/servers/variables.ts';
import { silentLog } from '../../core/context.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { openRedis } from '../connections/redis-connection.ts';
import { openPostgresLedger } from '../ledger/postgres-ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { bullmqJobQueue } from './bullmq-job-queue.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

function open(openLedger: (options: JobQueueContractOptions) => Promise<Ledger>) {
  return async (options: JobQueueContractOptions) => {
    const ledger = await openLedger(options);
    const redis = openRedis({ url: serverVariable('JIWA_TEST_REDIS'), prefix: randomUUID(), log: silentLog });
    const queue = bullmqJobQueue({ ...options, redis, ledger, log: silentLog });
    return {
      ledger,
      queue: {
        ...queue,
        async close() {
          await queue.close();
          await redis.close();
        },
      },
    };
  };
}

jobQueueContract(
  'bullmq over sqlite',
  open((options) => openSqliteLedger({ path: ':memory:', ...options })),
);
jobQueueContract(
  'bullmq over postgres',
  open(async (options) => {
    await database.empty();
    return openPostgresLedger({ url: database.url, ...options });
  }),
);
