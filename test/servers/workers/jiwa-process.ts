import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Client, client } from '../../../src/wire/client.ts';

const ENTRY = join(import.meta.dirname, '..', '..', '..', 'bin', 'jiwa.js');

/** The product in a process and a data folder of its own. */
export interface JiwaProcess {
  /** What it said first, of the command line's JSON. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly folder: string;
  /** Lets it stand still where it is, until it may go on. */
  standStill(): void;
  goOn(): void;
  /** Ends it by this signal, waits until it has, and gives its exit code. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

/** Runs `jiwa <words>`; resolves when it has said that it started. */
export async function startJiwa(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<JiwaProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-process-'));
  const child = spawn(process.execPath, [ENTRY, ...words, '--json'], {
    env: { ...process.env, JIWA_LOG: 'error', JIWA_PORT: '0', ...environment, JIWA_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const first = once(createInterface({ input: child.stdout }), 'line');
  const failed = ended.then(([code]) => Promise.reject(new Error(`jiwa ${words[0]} ended with ${code}`)));
  const [line] = (await Promise.race([first, failed])) as [string];
  failed.catch(() => undefined);
  return {
    said: JSON.parse(line) as Record<string, unknown>,
    folder,
    standStill: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async end(signal) {
      child.kill(signal);
      await ended;
      await rm(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

/** The API of a server process. */
export async function clientOf({ said, folder }: JiwaProcess): Promise<Client> {
  const token = (await readFile(join(folder, 'token'), 'utf8')).trim();
  return client({ url: String(said['url']), token });
}
