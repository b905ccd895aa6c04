import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, openApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { type Client, client } from '../../src/wire/client.ts';
import { type TestStores, newStores } from './test-stores.ts';

export interface RunningApp {
  readonly app: App;
  readonly api: Client;
  readonly folder: string;
  readonly stores: TestStores;
  /** Waits until no job is left. */
  readonly settled: () => Promise<void>;
  /** What it was opened with beside its folder. */
  readonly environment: NodeJS.ProcessEnv;
  readonly config: Config;
  /** Closes and opens over the same stores. */
  restarted(): Promise<RunningApp>;
  /** Opens over the same stores again, after it was closed. */
  reopened(): Promise<RunningApp>;
  /** Closes and throws everything away. */
  end(): Promise<void>;
}

async function over(folder: string, environment: NodeJS.ProcessEnv, stores: TestStores): Promise<RunningApp> {
  const config = readConfig({ JIWA_PORT: '0', JIWA_LOG: 'silent', ...environment }, folder);
  const app = await openApp(config, '0.0.0');
  const reopened = () => over(folder, environment, stores);
  return {
    app,
    api: client(app),
    folder,
    stores,
    environment,
    config,
    reopened,
    settled: () => app.drained(AbortSignal.timeout(60_000)),
    async restarted() {
      await app.close();
      return reopened();
    },
    async end() {
      await app.close();
      await rm(folder, { recursive: true, force: true });
      await stores.drop();
    },
  };
}

/**
 * The whole product over a new temporary folder and empty stores, served on a free port. The stores are those of the set-up
 * that the run is about, unless the environment names others.
 */
export async function runningApp(environment: NodeJS.ProcessEnv = {}): Promise<RunningApp> {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-e2e-'));
  const stores = await newStores(folder);
  try {
    return await over(folder, { ...stores.environment, ...environment }, stores);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    await stores.drop();
    throw error;
  }
}

/** A file to upload. */
export function file(filename: string, content: string | Uint8Array<ArrayBuffer>, fields = {}) {
  return { filename, body: new Blob([content]), fields };
}
