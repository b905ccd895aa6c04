import { AppError, type ErrorCode } from '../../core/errors.ts';
import { abortError } from './aborts.ts';

const AWAY = 'Weaviate cannot be reached; try again in a moment.';

type Known = readonly [said: RegExp, code: ErrorCode, message: string];

/** What Weaviate and its client say is the only code of most failures; the first that fits counts. */
const KNOWN: readonly Known[] = [
  [
    /vector lengths don't match|vector dimension|distance.*lengths/i,
    'invalid-input',
    'The slot holds vectors of another length.',
  ],
  [
    /read-only due to: (?!UpdateVectorIndexConfigs)|no space left|disk usage|not enough memory|memory pressure/i,
    'storage-full',
    'Weaviate takes nothing more: its disk or its memory is nearly full.',
  ],
  [
    /unauthenticated|unauthori[sz]ed|anonymous access/i,
    'unavailable',
    'Weaviate refuses JIWA_WEAVIATE_API_KEY.',
  ],
  [/timed out|deadline exceeded/i, 'timeout', 'Weaviate took too long.'],
  // It cannot be reached, or the way to it broke.
  [
    /\bunavailable\b|fetch failed|terminated|socket hang up|other side closed|operation was aborted|\bECONN|connection (?:refused|reset|dropped|error|closed|is closing)|status code: 50[234]/i,
    'unavailable',
    AWAY,
  ],
  // It begins or ends: collections, indexes and shards come one after another, and go so.
  [
    /(?:could not|cannot) find (?:class|index)|not found in schema|non-existing index|shard\S* not found|shard .*does not exist|tenant not active|objects loading|init local shard|implicit activation|read-only|not ready|shutting down|shut(?:down| or dropped)|already closed|context canceled/i,
    'unavailable',
    AWAY,
  ],
  // Too few nodes of a cluster answer.
  [
    /no (?:read|write) replica|cannot achieve consistency|leader not found|not the leader/i,
    'unavailable',
    AWAY,
  ],
];

const saidBy = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * True when the owner has nothing in this collection, so there is no tenant. A shard that is not found is something else: a
 * replica has not loaded it yet.
 */
export function isNoTenant(error: unknown): boolean {
  return /tenant not found|TYPE_UPDATE_TENANT: shard not found/i.test(saidBy(error));
}

/** True when a call named what does not exist (REST). */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 404;
}

/** True when what was to be made is there already: another process was faster. */
export function isThereAlready(error: unknown): boolean {
  return /already exists|already in use/i.test(saidBy(error));
}

/** Turns what the client threw into an error of ours; nothing that Weaviate says of values is kept in the message. */
export function weaviateError(error: unknown, signal: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (signal.aborted) return abortError(signal);
  const said = saidBy(error);
  const [, code, message] = KNOWN.find(([words]) => words.test(said)) ?? [
    undefined,
    'internal' as const,
    'Weaviate refused a request; the log has the details.',
  ];
  return new AppError(code, message, { cause: error });
}
