import { jobQueueContract } from '../../../test/contracts/job-queue.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { ledgerJobQueue } from './ledger-job-queue.ts';

jobQueueContract('ledger', async ({ now, timers, onEnqueued }) => {
  const ledger = await openSqliteLedger({ path: ':memory:', now, onEnqueued });
  return { ledger, queue: ledgerJobQueue({ ledger, now, timers }) };
});
