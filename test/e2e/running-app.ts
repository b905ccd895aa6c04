import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { type Client, client } from '../../src/wire/client.ts';

export interface RunningApp {
  readonly app: App;
  readonly api: Client;
  readonly folder: string;
  /** Waits until no job is left. */
  settled(): Promise<void>;
  /** Closes and opens over the same folder. */
  restarted(): Promise<RunningApp>;
  /** Closes and throws the folder away. */
  end(): Promise<void>;
}

async function over(folder: string, environment: NodeJS.ProcessEnv): Promise<RunningApp> {
  const config = readConfig({ JIWA_PORT: '0', JIWA_LOG: 'silent', ...environment }, folder);
  const app = await openApp(config, '0.0.0');
  return {
    app,
    api: client(app),
    folder,
    settled: () => app.drained(AbortSignal.timeout(60_000)),
    async restarted() {
      await app.close();
      return over(folder, environment);
    },
    async end() {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The whole product over a new temporary folder, served on a free port. */
export async function runningApp(environment: NodeJS.ProcessEnv = {}): Promise<RunningApp> {
  return over(await mkdtemp(join(tmpdir(), 'jiwa-e2e-')), environment);
}

/** A file to upload. */
export function file(filename: string, content: string | Uint8Array<ArrayBuffer>, fields = {}) {
  return { filename, body: new Blob([content]), fields };
}
