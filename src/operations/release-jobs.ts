import type { SystemTx } from '../ports/ledger.ts';

/**
 * Takes back the leases of all running jobs, so that they can be claimed at once. Only for the start of a process that
 * owns the ledger alone: whoever ran these jobs is gone. Says how many there were.
 */
export async function releaseJobs(tx: SystemTx): Promise<number> {
  return tx.table('jobs').update({ status: 'running' }, { leaseUntil: tx.now });
}
