import { AppError, type ErrorCode } from '../../core/errors.ts';
import { abortError } from './aborts.ts';

type Known = readonly [said: RegExp, code: ErrorCode, message: string];

/** What Weaviate says is its only code for most failures; the first that fits counts. */
const KNOWN: readonly Known[] = [
  [
    /vector lengths don't match|vector dimension|distance.*lengths/i,
    'invalid-input',
    'The slot holds vectors of another length.',
  ],
  [
    /read-?only|no space left|disk usage|not enough memory|memory pressure/i,
    'storage-full',
    'Weaviate takes nothing more: its disk or its memory is nearly full.',
  ],
  [
    /unauthenticated|unauthori[sz]ed|anonymous access/i,
    'unavailable',
    'Weaviate refuses JIWA_WEAVIATE_API_KEY.',
  ],
  [/timed out|deadline exceeded/i, 'timeout', 'Weaviate took too long.'],
  [
    /unavailable|fetch failed|operation was aborted|ECONN|could not find class|non-existing index|no read replica|cannot achieve consistency|connection|leader|status code: 50[234]/i,
    'unavailable',
    'Weaviate cannot be reached; try again in a moment.',
  ],
];

const saidBy = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** True when the owner has nothing in this collection, so there is no tenant. */
export function isNoTenant(error: unknown): boolean {
  return /tenant not found|could not find tenant|non-existing tenant|shard not found/i.test(saidBy(error));
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
