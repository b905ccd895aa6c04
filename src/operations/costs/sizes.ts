import type { CostAssumption } from '../../wire/costs.ts';

type Size = Omit<CostAssumption, 'name'>;

const rule = (value: number, unit: string, source: string): Size => ({
  value,
  unit,
  source,
  measured: false,
});
const found = (value: number, unit: string, source: string): Size => ({
  value,
  unit,
  source,
  measured: true,
});
const SCALE = '`npm run bench -- scale`, 100,000 items of 506 B and 384 dimensions';
const ASSUMED = 'assumption, to be measured by `npm run bench -- scale`';
const PGVECTOR = 'pgvector: storage of a vector is 4 × dimensions + 8 bytes';

/**
 * What an item, a question or a machine needs, in one place. `measured` is true only for what a bench of this repository
 * found; whoever measures one changes its value, source and mark here and nowhere else.
 */
export const SIZES = {
  peakFactor: rule(10, '× the mean of the day', ASSUMED),
  headroom: rule(1.3, '× what is stored', 'disks are not filled beyond three quarters'),

  // PostgreSQL with pgvector, holding texts, words, vectors and metadata.
  pgRowBytes: rule(250, 'B an item', `header, ids and about 20 columns; ${ASSUMED}`),
  pgVectorExtraBytes: rule(8, 'B a vector', PGVECTOR),
  pgLinkBytes: rule(300, 'B a vector', `HNSW with m = 16: 48 links of 6 B; ${ASSUMED}`),
  pgWordsShare: rule(1.2, '× text', `tsvector and its GIN index; ${ASSUMED}`),
  pgBloat: rule(1.3, '× rows', `dead rows between vacuums; ${ASSUMED}`),
  pgHotShare: rule(0.1, 'of rows', `read often enough to stay in memory; ${ASSUMED}`),
  pgQueriesPerVcpu: rule(
    300,
    '/s',
    '2,504 queries/s on 8 vCPU, 1M × 1536, published by a hoster of pgvector',
  ),
  pgLargestGib: rule(768, 'GiB', 'largest usual machine; beyond it rows are spread by hand'),

  // Weaviate, a tenant an owner in each collection, holding texts, terms and vectors as they came.
  wvObjectBytes: found(2_200, 'B an item', `what is left of 5,926 B on disk; ${SCALE}`),
  wvWordsShare: rule(2, '× text', `the term list and its inverted index; ${ASSUMED}`),
  wvLinkBytes: rule(640, 'B a vector', `HNSW with 64 links; ${ASSUMED}`),
  wvMemoryFactor: found(2.4, '× vectors and links', `5,253 B an item in memory; ${SCALE}`),
  wvTenantMib: found(2, 'MiB an active owner', `memory that items do not explain; ${SCALE}`),
  wvTenantsPerNode: found(4_000, 'active owners', `65,536 open files, 15 an owner; ${SCALE}`),
  wvNodeGib: rule(256, 'GiB', 'a machine that is still replaced in minutes'),
  wvQueriesPerVcpu: found(50, '/s', `107 searches/s on two cores shared with the one who asks; ${SCALE}`),

  // Beside either: the ledger, the queue, the server's own processes, objects.
  ledgerBytes: rule(100, 'B an item', `rows of sessions, documents, jobs and usage; ${ASSUMED}`),
  ledgerOwnerBytes: rule(20_000, 'B an owner', `rows of space, users, keys and settings; ${ASSUMED}`),
  queueGib: rule(0.5, 'GiB a copy', `waiting jobs are ids only; ${ASSUMED}`),
  serverRequestsPerVcpu: found(25, '/s', `53 recalls/s with Weaviate on the same two cores; ${SCALE}`),
  serverGib: rule(1, 'GiB a vCPU', 'bar of docs/architecture.md: 700 MB loaded'),
  objectBytes: rule(1_000, 'B an item', `JSON round a message, snapshot, trace; ${ASSUMED}`),
  objectCopies: rule(2, '× text', 'the message and the transcript of its session'),
  putsPerMessage: rule(3, 'writes', 'message, trace, snapshot'),
  getsPerMessage: rule(5, 'reads', `texts of passages that are not cached; ${ASSUMED}`),
  changedPerDay: rule(0.01, 'of the store', `what a daily increment of a backup holds; ${ASSUMED}`),
  segmentBytes: rule(16 * 2 ** 20, 'B', 'a write-ahead segment of PostgreSQL is one object'),
} as const satisfies Readonly<Record<string, Size>>;

/** The same as a list, for reports. */
export const assumptions: readonly CostAssumption[] = Object.entries(SIZES).map(([name, size]) => ({
  name,
  ...size,
}));
