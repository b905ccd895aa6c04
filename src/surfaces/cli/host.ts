import type { CostInput, CostReport, PriceName } from '../../wire/costs.ts';
import type { QueueName } from '../../wire/jobs.ts';
import type { OpenedWorker } from '../worker/opened-worker.ts';

import type { Restored } from '../../wire/archives.ts';

/** An app that serves: in this process or in another. */
export interface RunningApp {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

/** An app opened in this process. */
export interface OpenedApp extends RunningApp {
  /** Resolves when no job is queued (due now) or running. */
  drained(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How a worker is to work. */
export interface WorkerWish {
  readonly queues: readonly QueueName[];
  /** Jobs that run at once. */
  readonly concurrency: number;
  /** How long running jobs may go on when it closes. */
  readonly graceMs: number;
}

/** Estimates of what a month costs; they need no app. */
export interface CostsDesk {
  /** Where a file of prices is, when the environment names one. */
  readonly pricesFile: string | undefined;
  /** `file` is what is in a file of prices, `single` are prices by name over it. Throws `invalid-input`. */
  estimate(
    input: CostInput,
    prices: { readonly file: unknown; readonly single: Partial<Record<PriceName, number>> },
    items: readonly number[] | undefined,
  ): CostReport;
}

/** What the command line gets from the composition root. */
export interface CliHost {
  readonly version: string;
  readonly dataFolder: string;
  /** The port `jiwa start` serves on when none is given. */
  readonly port: number;
  /** The file that holds the token of the API (readable by its owner only). */
  readonly tokenFile: string;
  /** Where the sample folder and chat of the demo are. */
  readonly demoFolder: string;
  /** The settings of the environment as they were read, secrets hidden; for `jiwa config`. */
  readonly environment: readonly {
    readonly name: string;
    readonly value: string;
    readonly from: 'environment' | 'default';
    readonly help: string;
  }[];
  /** Address of an old deployment's database, where the environment names one. */
  readonly oldDatabaseUrl?: string | undefined;
  /** Absent where nothing is estimated, as in tests of other commands. */
  readonly costs?: CostsDesk;
  /** A server that runs over the data folder now, found by its lock file. */
  findServer(): Promise<RunningApp | undefined>;
  /** Opens the app here; without `port` on any free loopback port, for commands when no server runs. */
  openApp(options: {
    readonly port?: number;
    readonly dataFolder?: string;
    readonly quiet: boolean;
  }): Promise<OpenedApp>;
  /** Opens a worker here. Errors: `invalid-input` when the stores are not those of a server elsewhere. */
  openWorker(wish: WorkerWish): Promise<OpenedWorker>;
  /** Brings a backup into the stores of this installation, which nothing else may have open. */
  restore(options: {
    readonly file: string;
    readonly replace: boolean;
    readonly progress: (done: number, total: number, note: string) => void;
    readonly signal: AbortSignal;
  }): Promise<Restored>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** Signals in and out of the process; the process itself by default. */
  readonly signals?: SignalDoor;
  /** Milliseconds since the epoch; the clock of the machine by default. */
  readonly now?: () => number;
  /** Opens an address in the browser of the desktop; false where there is none. The desktop's own way by default. */
  readonly openInBrowser?: (address: string) => Promise<boolean>;
  /** Waits, or rejects with an AbortError; a timer by default. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What the command line needs of `process`. */
export interface SignalDoor {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  /** Throws when there is no such process. */
  kill(pid: number, signal: NodeJS.Signals): unknown;
}
