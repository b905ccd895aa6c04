import type { GraphStore } from '../../ports/graph-store.ts';
import type { Ledger, Reads } from '../../ports/ledger.ts';
import type { MemoryStore } from '../../ports/memory-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Telemetry, Work } from '../../ports/telemetry.ts';
import { observe } from './observe.ts';

type Method = (...given: unknown[]) => unknown;
type Watched = Extract<Work, { kind: 'store' }>['store'];

/** The same store, each of its calls observed. */
export function observedStore<S extends MemoryStore | GraphStore | ObjectStore>(
  telemetry: Telemetry | undefined,
  name: Watched,
  store: S,
): S {
  if (telemetry === undefined) return store;
  const parts = Object.entries(store).map(([method, part]: [string, unknown]) => {
    if (typeof part !== 'function') return [method, part];
    const work: Work = { kind: 'store', store: name, method };
    return [
      method,
      (...given: unknown[]) => observe(telemetry, work, () => (part as Method).apply(store, given)),
    ];
  });
  return Object.fromEntries(parts) as S;
}

const ledgerCall = (method: string): Work => ({ kind: 'store', store: 'ledger', method });
const GET = ledgerCall('get');
const LIST = ledgerCall('list');
const COUNT = ledgerCall('count');

function observedReads(telemetry: Telemetry, reads: Reads): Reads {
  return {
    table(name) {
      const table = reads.table(name);
      return {
        get: (where) => observe(telemetry, GET, () => table.get(where)),
        list: (query) => observe(telemetry, LIST, () => table.list(query)),
        count: (where) => observe(telemetry, COUNT, () => table.count(where)),
      };
    },
  };
}

/** The same ledger; observed are whole transactions, and each read outside of one. */
export function observedLedger(telemetry: Telemetry | undefined, ledger: Ledger): Ledger {
  if (telemetry === undefined) return ledger;
  const ownerWork = ledgerCall('forOwner');
  const systemWork = ledgerCall('system');
  return {
    ...ledger,
    forOwner: (ownerId, work) => observe(telemetry, ownerWork, () => ledger.forOwner(ownerId, work)),
    system: (work) => observe(telemetry, systemWork, () => ledger.system(work)),
    readsOf: (ownerId) => observedReads(telemetry, ledger.readsOf(ownerId)),
    systemReads: () => observedReads(telemetry, ledger.systemReads()),
  };
}
