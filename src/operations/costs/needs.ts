import type { CostInput, LayoutCost } from '../../wire/costs.ts';
import { SIZES } from './sizes.ts';

/** What a layout takes in a month; GB are 10⁹ bytes, as disks and objects are sold, GiB 2³⁰, as memory is. */
export type Needs = LayoutCost['needs'];

const GB = 1e9;
const GIB = 2 ** 30;
const DAY_SECONDS = 86_400;
const MONTH_DAYS = 365 / 12;
/** A machine with less runs nothing well. */
const LEAST_VCPU = 2;
const LEAST_GIB = 4;
const MACHINE_VCPU = 64;

const v = (name: keyof typeof SIZES): number => SIZES[name].value;

/** Questions a second at the busiest: owners × messages a day / 86,400 × the factor of the peak. */
function peakRate(owners: number, { messagesPerDay }: CostInput): number {
  return ((owners * messagesPerDay) / DAY_SECONDS) * v('peakFactor');
}

/** The processes of Jiwa: vCPU = peak / what one serves, at least two for a server and a worker; memory by vCPU. */
function servers(owners: number, input: CostInput) {
  const vcpu = Math.max(LEAST_VCPU, Math.ceil(peakRate(owners, input) / v('serverRequestsPerVcpu')));
  return { vcpu, memoryGib: vcpu * v('serverGib') };
}

/** Bytes that backups of a store take: one whole, and a share of it for every further day they are kept. */
function backups(storeBytes: number, { retentionDays }: CostInput): number {
  return storeBytes * (1 + v('changedPerDay') * (retentionDays - 1));
}

/** Messages a month. */
const monthly = (owners: number, { messagesPerDay }: CostInput) => owners * messagesPerDay * MONTH_DAYS;

/** Rows of one copy and the graph over their vectors, in bytes. */
function postgresCopy(items: number, { textBytes, dimensions }: CostInput) {
  const vector = 4 * dimensions + v('pgVectorExtraBytes');
  const rows = items * (textBytes + v('pgRowBytes') + vector) * v('pgBloat');
  return { rows, graph: items * (vector + v('pgLinkBytes')) };
}

/** Memory that one copy of a PostgreSQL-first layout needs, in GiB. */
export function postgresCopyGib(items: number, input: CostInput): number {
  const { rows, graph } = postgresCopy(items, input);
  return Math.max(LEAST_GIB, (graph + rows * v('pgHotShare')) / GIB);
}

/**
 * PostgreSQL-first: texts, words, vectors (pgvector, HNSW, 4 bytes a dimension) and metadata as rows; every replica is a
 * whole copy.
 *
 * - rows = items × (text + row + 4 × dimensions + 8) × bloat; index = items × (4 × dimensions + 8 + links + words × text)
 * - disk = copies × (rows + index) × headroom
 * - memory = copies × (items × (4 × dimensions + 8 + links) + hot share × rows): a graph that is not in memory is not usable
 * - vCPU = copies × 2, or peak / queries a vCPU serves, the larger; and Jiwa's own
 * - objects = backups of one copy; writes = segments of what changes
 * - machines = copies × ⌈memory of a copy / largest machine⌉
 */
export function postgresFirstNeeds(items: number, owners: number, input: CostInput): Needs {
  const { textBytes, replicas } = input;
  const { rows, graph } = postgresCopy(items, input);
  const copy = rows + graph + items * textBytes * v('pgWordsShare');
  const copyGib = postgresCopyGib(items, input);
  const own = servers(owners, input);
  const queries = Math.ceil(peakRate(owners, input) / v('pgQueriesPerVcpu'));
  const vcpu = Math.max(replicas * LEAST_VCPU, queries);
  const perCopy = Math.max(Math.ceil(copyGib / v('pgLargestGib')), Math.ceil(vcpu / replicas / MACHINE_VCPU));
  return {
    vcpu: own.vcpu + vcpu,
    memoryGib: own.memoryGib + replicas * copyGib,
    diskGb: (replicas * copy * v('headroom')) / GB,
    objectGb: backups(copy, input) / GB,
    puts: (copy * v('changedPerDay') * MONTH_DAYS) / v('segmentBytes'),
    gets: 0,
    machines: replicas * perCopy + Math.ceil(own.vcpu / MACHINE_VCPU),
  };
}

/** A vector with its links in the index, in bytes. */
const weaviateVector = ({ dimensions }: CostInput) => 4 * dimensions + v('wvLinkBytes');

/**
 * Memory of one copy of Weaviate for the owners at work: their vectors with their links × a factor, and what an open tenant takes.
 * Owners at rest take none.
 */
function weaviateCopyGib(items: number, owners: number, input: CostInput): number {
  const { activeShare } = input;
  const open = (owners * activeShare * v('wvTenantMib')) / 1024;
  return (items * activeShare * weaviateVector(input) * v('wvMemoryFactor')) / GIB + open;
}

/**
 * Weaviate-first: items with text, terms and vectors in Weaviate, truth in objects, metadata in a small PostgreSQL, jobs in
 * Redis.
 *
 * - Weaviate's disk = copies × items × (text + words × text + properties + 4 × dimensions + links) × headroom
 * - its memory = copies × that of the owners at work (`weaviateCopyGib`)
 * - nodes = the largest of copies, memory / a node's, open tenants of all copies / a node's
 * - ledger = copies × (items × its bytes + owners × theirs), a tenth of it in memory
 * - objects = items × (copies of text + JSON) + backups of one copy of Weaviate and of the ledger
 * - writes and reads of objects = messages a month × how many each takes, and the segments of the ledger
 */
export function weaviateFirstNeeds(items: number, owners: number, input: CostInput): Needs {
  const { textBytes, replicas, activeShare } = input;
  const perItem = textBytes * (1 + v('wvWordsShare')) + v('wvObjectBytes') + weaviateVector(input);
  const copy = items * perItem;
  const ledger = items * v('ledgerBytes') + owners * v('ledgerOwnerBytes');
  const memory = replicas * weaviateCopyGib(items, owners, input);
  const open = replicas * owners * activeShare;
  const wanted = [replicas, Math.ceil(memory / v('wvNodeGib')), Math.ceil(open / v('wvTenantsPerNode'))];
  const queries = Math.ceil(peakRate(owners, input) / v('wvQueriesPerVcpu'));
  const nodes = Math.max(...wanted, Math.ceil(queries / MACHINE_VCPU));
  const own = servers(owners, input);
  const ledgerGib = Math.max(LEAST_GIB, (ledger * 0.1) / GIB);
  const truth = items * (textBytes * v('objectCopies') + v('objectBytes'));
  const messages = monthly(owners, input);
  return {
    vcpu: own.vcpu + Math.max(nodes * LEAST_VCPU, queries) + replicas * (LEAST_VCPU + 1),
    memoryGib: own.memoryGib + Math.max(nodes * LEAST_GIB, memory) + replicas * (ledgerGib + v('queueGib')),
    diskGb: (replicas * (copy + ledger) * v('headroom')) / GB,
    objectGb: (truth + backups(copy + ledger, input)) / GB,
    puts: messages * v('putsPerMessage') + (ledger * v('changedPerDay') * MONTH_DAYS) / v('segmentBytes'),
    gets: messages * v('getsPerMessage'),
    machines: nodes + 2 * replicas + Math.ceil(own.vcpu / MACHINE_VCPU),
  };
}
