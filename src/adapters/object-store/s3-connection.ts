import { S3Client } from '@aws-sdk/client-s3';
import { AppError } from '../../core/errors.ts';
import { abortError, throwIfAborted } from '../connections/aborts.ts';
import { limiter } from '../connections/limiter.ts';

export interface S3ConnectionOptions {
  readonly bucket: string;
  /** Address of the server, as `https://s3.eu-central-1.wasabisys.com`; that of AWS by default. */
  readonly endpoint?: string;
  readonly region: string;
  /** By default those that AWS's tools find: environment, profile, role of the machine. */
  readonly keys?: { readonly access: string; readonly secret: string };
  /** How long the server may be silent: 10 s by default. */
  readonly patienceMs?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that the call sends: a large one gets more time. */
  readonly sizeBytes?: number;
}

/** What a call is sent with. */
interface CallLimits {
  readonly abortSignal: AbortSignal;
}

/** One bucket. */
export interface S3Connection {
  readonly bucket: string;
  readonly client: S3Client;
  readonly patienceMs: number;
  /**
   * Makes one call within its time limit, with the retries of the SDK. Errors: those of the SDK, `unavailable` when no
   * answer came in time, `aborted` or `timeout` by the signal, which goes on holding for the body of an answer.
   */
  call<T>(work: (options: CallLimits) => Promise<T>, options?: CallOptions): Promise<T>;
  /** Keeps the calls of the whole store that hold bytes in memory to a few at once. */
  readonly limited: ReturnType<typeof limiter>;
}

/** Calls at once; with bodies of at most 8 MiB they hold 256 MiB at the very most. */
const PARALLEL = 32;
/** Far more than calls at once: objects that slow readers hold open must stop nobody else. */
const SOCKETS = 1_000;
const CONNECT_MS = 2_000;
const ATTEMPTS = 3;
const PATIENCE_MS = 10_000;
/** Who has just been silent gets this part of the patience, until it answers: not every call must find out at length. */
const SILENT_PART = 5;
/** What a call gets on top for each byte it sends: a line of 100 KB/s still works. */
const BYTES_PER_MS = 100;

/** A client of a bucket; nothing is sent before the first call. */
export function s3Connection(options: S3ConnectionOptions): S3Connection {
  const { bucket, patienceMs = PATIENCE_MS } = options;
  return {
    bucket,
    client: clientOf(options),
    patienceMs,
    call: callWithin(patienceMs),
    limited: limiter(PARALLEL),
  };
}

function clientOf({ endpoint, region, keys }: S3ConnectionOptions): S3Client {
  const sockets = { keepAlive: true, maxSockets: SOCKETS };
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(keys && { credentials: { accessKeyId: keys.access, secretAccessKey: keys.secret } }),
    // Most servers but AWS's know a bucket only as a part of the path.
    forcePathStyle: true,
    maxAttempts: ATTEMPTS,
    // Many servers know no checksum headers, some store them inside the object. Bodies are checked by the hash in the
    // signature on their way to the server, and by the hash we keep beside the object on their way back.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Waiting for the server's consent would take a new connection for each body.
    expectContinueHeader: false,
    requestHandler: { connectionTimeout: CONNECT_MS, httpAgent: sockets, httpsAgent: sockets },
  });
}

function callWithin(patienceMs: number): S3Connection['call'] {
  let silent = false;
  return async (work, { signal, sizeBytes = 0 } = {}) => {
    if (signal) throwIfAborted(signal);
    const late = new AbortController();
    const patience = silent ? patienceMs / SILENT_PART : patienceMs;
    const timer = setTimeout(() => late.abort(), patience + sizeBytes / BYTES_PER_MS);
    try {
      const answer = await work({
        abortSignal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
      silent = false;
      return answer;
    } catch (error) {
      if (signal?.aborted) throw abortError(signal);
      silent = late.signal.aborted;
      if (silent) {
        throw new AppError('unavailable', 'The S3 server did not answer in time.', { cause: error });
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
