import { AppError } from '../../../src/core/errors.ts';

/** Every server the tests talk to, in the order in which they are started. */
export const SERVER_NAMES = ['postgres', 's3', 'redis', 'weaviate'] as const;

export type ServerName = (typeof SERVER_NAMES)[number];

/** Reads names separated by commas. Throws `invalid-input` for one that is not a server's. */
export function readServerNames(text: string): readonly ServerName[] {
  return text.split(',').map((word) => {
    const name = SERVER_NAMES.find((one) => one === word);
    if (name !== undefined) return name;
    throw new AppError('invalid-input', `Expected servers among ${SERVER_NAMES.join(', ')}, got "${word}".`);
  });
}

/** Names and values that a test reads from `process.env`. */
export type Environment = Readonly<Record<string, string>>;

/** Everything a process is started with. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** Its environment beside PATH and HOME. */
  readonly env?: Environment;
  /** Whom the process runs as; the caller when left out. */
  readonly user?: User;
  /** How tests reach what is started: a value for each of the server's `variables`. */
  readonly environment: Environment;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** What a server gets to be prepared with. */
export interface Place {
  /** An empty folder of its own; it is removed when the server is stopped. */
  readonly folder: string;
  /** Consecutive free ports of 127.0.0.1, as many as `portCount` asks for. */
  readonly ports: readonly number[];
  readonly signal: AbortSignal;
  /** Tells a person what takes long. */
  progress(line: string): void;
}

/** One kind of server. A driver never starts its process; it says what to start. */
export interface Server {
  readonly name: ServerName;
  /** Product and version, for people. */
  readonly title: string;
  /** The variables tests read; the first is the address. */
  readonly variables: readonly [string, ...string[]];
  readonly portCount: number;
  /** Ends the process without waiting for its clients. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** Finds or builds the program and makes the data. Throws `unavailable` when there is no program of the right version. */
  prepare(place: Place): Promise<Launch>;
  /** Resolves when the server at these addresses serves requests, else throws what came instead. */
  reach(environment: Environment, signal: AbortSignal): Promise<void>;
}
