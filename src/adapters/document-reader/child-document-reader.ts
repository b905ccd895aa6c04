import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { DocumentReader } from '../../ports/document-reader.ts';
import { workerPool } from '../connections/worker-pool.ts';
import { typeDetector } from './detect-type.ts';
import { FORMATS } from './formats.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts';
import { checkSize, startReaderProcess } from './reader-process.ts';

export interface ChildDocumentReaderOptions {
  readonly limits?: Partial<ReadLimits>;
  readonly log: Log;
  /** Documents read at once, each in a process of its own. Default 2: one slow file does not hold up all others. */
  readonly processes?: number;
  /** A process without work for this long is ended. Default 30 s. */
  readonly idleMs?: number;
}

/** Reads documents in child processes that are used again while all goes well; see `ReadLimits` for the limits. */
export function childDocumentReader(options: ChildDocumentReaderOptions): DocumentReader {
  const { log, processes = 2, idleMs = 30_000 } = options;
  const limits = { ...DEFAULT_READ_LIMITS, ...options.limits };
  const pool = workerPool({ size: processes, idleMs, start: () => startReaderProcess(limits, log) });
  return {
    formats: [...FORMATS.values()].map((format) => format.called),
    detect: typeDetector(limits),
    async read(source, signal) {
      if (!FORMATS.has(source.contentType)) {
        throw new AppError('unsupported', `There is no reader for files of the type ${source.contentType}.`);
      }
      checkSize(source.sizeBytes, limits);
      return pool.use(signal, (reader) => reader.read(source));
    },
    close: () => pool.close(),
  };
}
