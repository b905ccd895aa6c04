/** Structured log: an event name, then plain fields. Never a secret, never a message or document text. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What every use case gets beside its input: whose data, until when, and the sources of time and ids. */
export interface Ctx {
  /** The memory space (tenant) the work is for. */
  readonly ownerId: string;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new random UUID. */
  readonly newId: () => string;
  readonly log: Log;
}

/** A log that keeps nothing, for tests and tools. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
