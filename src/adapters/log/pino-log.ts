import { pino } from 'pino';
import type { Log } from '../../core/context.ts';

/** Names of fields that never reach the log, however deep: the net under callers that log only what they name. */
const REDACTED = ['token', 'secret', 'apiKey', 'authorization', 'password'].flatMap((name) => [
  name,
  `*.${name}`,
]);

/** Structured lines on stderr (stdout belongs to the command line). */
export function pinoLog(level: 'silent' | 'error' | 'warn' | 'info' | 'debug'): Log {
  const logger = pino(
    { level, base: null, redact: REDACTED, serializers: { cause: pino.stdSerializers.errWithCause } },
    pino.destination({ dest: 2, sync: false }),
  );
  return {
    debug: (event, fields = {}) => logger.debug(fields, event),
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
  };
}
