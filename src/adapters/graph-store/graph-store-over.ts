import type { GraphStore } from '../../ports/graph-store.ts';
import { graphReads } from './graph-reads.ts';
import type { GraphTables } from './graph-tables.ts';
import { graphWrites } from './graph-writes.ts';

/** The graph store on what a driver provides. */
export function graphStoreOver(tables: GraphTables): GraphStore {
  const { batchItems } = tables;
  return {
    limits: { batchItems },
    ...graphReads(tables),
    ...graphWrites(tables),
    close: () => tables.close(),
  };
}
