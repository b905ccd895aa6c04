import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WorkLine } from './messages.ts';

const ENTRY = join(import.meta.dirname, 'job-worker-process.ts');

export interface FleetOptions {
  readonly database: string;
  readonly redis: string;
  readonly prefix: string;
  /** Worker processes at the same time. */
  readonly size: number;
  readonly concurrency?: number;
  readonly leaseMs?: number;
  readonly graceMs?: number;
}

/** Worker processes over one ledger and one Redis. */
export interface Fleet {
  /** All that they said so far, in the order it came. */
  readonly lines: readonly WorkLine[];
  /** Ends one without warning (SIGKILL), the oldest, and starts another in its place. */
  killOne(): Promise<void>;
  /** Asks all to end (SIGTERM) and waits until they have; gives how they ended. */
  stop(): Promise<(number | null)[]>;
  /** Ends all without warning. */
  killAll(): Promise<void>;
}

/** Starts the processes; resolves when all of them work. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const lines: WorkLine[] = [];
  const children: ChildProcess[] = [];
  const startOne = async () => {
    const child = spawn(process.execPath, [ENTRY], {
      env: { ...process.env, ...environmentOf(options) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const said = createInterface({ input: child.stdout });
    const started = once(said, 'line');
    said.on('line', (line) => lines.push(WorkLine.parse(JSON.parse(line))));
    await Promise.race([started, once(child, 'exit').then(() => Promise.reject(new Error('it ended')))]);
  };
  const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  await Promise.all(Array.from({ length: options.size }, startOne));
  return {
    lines,
    async killOne() {
      const oldest = children.shift();
      if (oldest !== undefined) await end(oldest, 'SIGKILL');
      await startOne();
    },
    stop: () => Promise.all(children.splice(0).map((child) => end(child, 'SIGTERM'))),
    async killAll() {
      await Promise.all(children.splice(0).map((child) => end(child, 'SIGKILL')));
    },
  };
}

function environmentOf({ concurrency = 2, leaseMs = 3_000, graceMs = 1_000, ...options }: FleetOptions) {
  return {
    FLEET_DATABASE: options.database,
    FLEET_REDIS: options.redis,
    FLEET_PREFIX: options.prefix,
    FLEET_LEASE_MS: `${leaseMs}`,
    FLEET_GRACE_MS: `${graceMs}`,
    FLEET_CONCURRENCY: `${concurrency}`,
  };
}
