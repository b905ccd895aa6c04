import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { UsageRow } from '../../src/ports/usage-rows.ts';

export type BookedCall = Pick<UsageRow, 'feature' | 'outcome' | 'outputTokens' | 'costMicros'>;

/** Every booking of a call of a model, as the ledger in this data folder has it now. */
export function bookedCalls(folder: string): BookedCall[] {
  const ledger = new DatabaseSync(join(folder, 'ledger.sqlite'), { readOnly: true });
  try {
    const rows = ledger.prepare(
      'SELECT feature, outcome, output_tokens AS outputTokens, cost_micros AS costMicros FROM usage',
    );
    return rows.all() as unknown as BookedCall[];
  } finally {
    ledger.close();
  }
}
