import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeApi, type Script, fakeApi } from './api-server.ts';
import { allWell } from './wire-views.ts';
import { type FakeHostOptions, type Ran, runOn } from './cli-host.ts';

/** A folder and an API for one test, gone when it ends (`await using`). */
export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly api: FakeApi;
  run(argv: readonly string[], options?: Partial<FakeHostOptions>): Promise<Ran>;
}

export async function bench(script: Script = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-cli-'));
  const api = await fakeApi({ ready: () => allWell(), ...script });
  return {
    folder,
    api,
    run: (argv, options = {}) => runOn(argv, { dataFolder: folder, api, ...options }),
    async [Symbol.asyncDispose]() {
      await api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
