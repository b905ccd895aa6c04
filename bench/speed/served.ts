import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tokenFile } from '../../src/adapters/connections/token-file.ts';
import { AppError } from '../../src/core/errors.ts';
import { type Client, client } from '../../src/wire/client.ts';

/** `jiwa start` in a process of its own. */
export interface Served {
  readonly api: Client;
  /** From the start of the process to the answer to its first request. */
  readonly startMs: number;
  /** Resident memory of the process, in MB. */
  memoryMb(): Promise<number>;
  stop(): Promise<void>;
}

const BIN = fileURLToPath(new URL('../../bin/jiwa.js', import.meta.url));
const TELL_MEMORY = new URL('tell-memory.ts', import.meta.url).href;
const MB = 1_000_000;

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

/** Starts Jiwa over a data folder; `environment` is added to its own. */
export async function serve(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const started = performance.now();
  const child = fork(BIN, ['start', '--port', '0'], {
    env: { ...process.env, JIWA_DATA: folder, JIWA_LOG: 'error', ...environment },
    execArgv: ['--import', TELL_MEMORY],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
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
    async memoryMb() {
      const told = once(child, 'message');
      child.send('memory');
      const [bytes] = (await told) as [number];
      return Math.round(bytes / MB);
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
