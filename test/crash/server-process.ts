import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Client, client } from '../../src/wire/client.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'bin', 'jiwa.js');
const START_LIMIT_MS = 30_000;

export interface ServerProcess {
  readonly client: Client;
  /** From the start of the process to the first answer of `/readyz`. */
  readonly startMs: number;
  /** SIGKILL: no chance to say goodbye. */
  kill(): Promise<void>;
  /** SIGTERM: it ends what it can; gives its exit code. */
  stop(): Promise<number | null>;
}

async function urlInLock(dataFolder: string, pid: number): Promise<string | undefined> {
  try {
    const lock = JSON.parse(await readFile(join(dataFolder, 'jiwa.lock'), 'utf8')) as {
      pid: number;
      url: string | null;
    };
    return lock.pid === pid ? (lock.url ?? undefined) : undefined;
  } catch {
    return undefined; // not written yet, or the one of the process that was killed
  }
}

async function untilReady(child: ChildProcess, dataFolder: string): Promise<string> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended at start with ${child.exitCode}`);
    const url = await urlInLock(dataFolder, child.pid ?? 0);
    if (url !== undefined) {
      const ready = await fetch(`${url}/readyz`).catch(() => undefined);
      if (ready?.ok === true) return url;
    }
    await wait(20);
  }
  throw new Error(`the server was not ready within ${START_LIMIT_MS} ms`);
}

/** Starts the product as a person would, in a process of its own over this data folder. */
export async function startServer(
  dataFolder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> {
  const begun = performance.now();
  const child = spawn(process.execPath, [ENTRY, 'start'], {
    env: { ...process.env, JIWA_LOG: 'error', ...environment, JIWA_DATA: dataFolder, JIWA_PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const url = await untilReady(child, dataFolder);
  const token = (await readFile(join(dataFolder, 'token'), 'utf8')).trim();
  return {
    client: client({ url, token }),
    startMs: performance.now() - begun,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
  };
}

/** What a command prints, run as a person would while the server runs over this data folder. */
export async function jiwa(dataFolder: string, ...command: readonly string[]): Promise<string> {
  const env = { ...process.env, JIWA_DATA: dataFolder };
  return (await promisify(execFile)(process.execPath, [ENTRY, ...command], { env })).stdout;
}
