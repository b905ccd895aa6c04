import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startServer } from '../../crash/server-process.ts';
import { serverStores } from '../server-stores.ts';
import { type JiwaProcess, startJiwa } from '../workers/jiwa-process.ts';

type Stores = Awaited<ReturnType<typeof serverStores>>;

/** A server and workers on stores of their own, as `deploy` sets them up: each is a process of the product. */
export interface Installation {
  readonly stores: Stores;
  /** The server as it runs now. */
  server(): ServerProcess;
  /** The workers that run now, the oldest first. */
  workers(): readonly JiwaProcess[];
  /** Ends the server by this signal; `startServer` starts it again over its data folder. */
  endServer(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  startServer(): Promise<void>;
  /** Starts one more server, with a data folder of its own. */
  anotherServer(): Promise<ServerProcess>;
  /** Ends the oldest worker without warning and starts another, with a data folder of its own, in its place. */
  killWorker(): Promise<void>;
  /** Tells all workers to end; gives their exit codes. */
  stopWorkers(): Promise<(number | null)[]>;
  /** Ends all that runs and drops the stores. */
  close(): Promise<void>;
}

const NO_LIMITS = 'failure=100000,chat=100000,upload=100000,request=100000';

export async function openInstallation(workerCount: number): Promise<Installation> {
  const stores = await serverStores();
  const folders: string[] = [];
  const newFolder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'jiwa-storm-'));
    folders.push(made);
    return made;
  };
  const folder = await newFolder();
  const environment = {
    ...stores.environment,
    JIWA_SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
    JIWA_RATE_LIMITS: NO_LIMITS,
    JIWA_WORK_QUEUES: 'light',
  };
  let server = await startServer(folder, environment);
  const others: ServerProcess[] = [];
  const startWorker = () => startJiwa(['worker', '--concurrency', '2', '--grace', '5'], environment);
  const workers: JiwaProcess[] = await Promise.all(Array.from({ length: workerCount }, startWorker));
  return {
    stores,
    server: () => server,
    workers: () => workers,
    async endServer(signal) {
      if (signal === 'SIGTERM') return server.stop();
      await server.kill();
      return null;
    },
    async startServer() {
      server = await startServer(folder, environment);
    },
    async anotherServer() {
      const other = await startServer(await newFolder(), environment);
      others.push(other);
      return other;
    },
    async killWorker() {
      await workers.shift()?.end('SIGKILL');
      workers.push(await startWorker());
    },
    stopWorkers: () => Promise.all(workers.splice(0).map((worker) => worker.end('SIGTERM'))),
    async close() {
      await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
      await Promise.all([server, ...others].map((each) => each.kill()));
      await stores.drop();
      for (const each of folders) await rm(each, { recursive: true, force: true });
    },
  };
}
