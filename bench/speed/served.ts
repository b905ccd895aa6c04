import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tokenFile } from '../../src/adapters/connections/token-file.ts';
import { AppError } from '../../src/core/errors.ts';
import { type Client, client } from '../../src/wire/client.ts';

/** `jiwa start` in a process of its own. */
export interface Served {
  readonly api: Client;
  /** From the start of the process to the answer to its first request. */
  readonly startMs: number;
  /** Resident memory of the process and of its children, in MB; what they share counts in each. */
  memoryMb(): Promise<number>;
  stop(): Promise<void>;
}

const BIN = fileURLToPath(new URL('../../bin/jiwa.js', import.meta.url));
const KB_IN_MB = 1_000_000 / 1_024;

/** The address Jiwa says it serves at. */
async function urlOf(child: ChildProcess): Promise<string> {
  const said = Promise.withResolvers<string>();
  let shown = '';
  child.stdout?.on('data', (piece: Buffer) => {
    shown += piece.toString();
    const url = /https?:\/\/[^\s"]+/.exec(shown)?.[0];
    if (url !== undefined) said.resolve(url);
  });
  child.once('exit', () => said.reject(new AppError('unavailable', 'Jiwa ended before it served.')));
  return said.promise;
}

/** `ps` as Linux and macOS have it: a line of process, parent and kilobytes each. */
async function memoryMb(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-Ao', 'pid=,ppid=,rss=']);
  const family = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([own, parent]) => own === pid || parent === pid);
  return Math.round(family.reduce((sum, [, , kilobytes = 0]) => sum + kilobytes, 0) / KB_IN_MB);
}

/** Starts Jiwa over a data folder; `environment` is added to its own. */
export async function serve(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const started = performance.now();
  const child = spawn(process.execPath, [BIN, 'start', '--port', '0'], {
    env: { ...process.env, JIWA_DATA: folder, JIWA_LOG: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const url = await urlOf(child);
  const live = await fetch(`${url}/livez`);
  await live.arrayBuffer();
  const startMs = performance.now() - started;
  const token = (await tokenFile(folder).read()) ?? '';
  return {
    api: client({ url, token }),
    startMs,
    memoryMb: () => memoryMb(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
