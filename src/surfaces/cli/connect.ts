import { type Client, client } from '../../wire/client.ts';
import type { Cli } from './cli.ts';
import type { OpenedApp, RunningApp } from './host.ts';
import { outOf } from './format.ts';
import { withProgress } from './progress.ts';

/** The API as a command reaches it: of the running server, or of the app opened in this process. */
export interface Connection {
  readonly client: Client;
  /** Where the command keeps what is between two commands. */
  readonly dataFolder: string;
  /** Present when the app runs in this process, so its jobs end with it. */
  readonly drained?: (signal: AbortSignal) => Promise<void>;
}

/** A connection to an app; `opened` when it runs in this process. */
export function connectionTo(app: RunningApp | OpenedApp, dataFolder: string, space?: string): Connection {
  const chosen = space === undefined ? {} : { space };
  return {
    client: client({ url: app.url, token: app.token, ...chosen }),
    dataFolder,
    ...('drained' in app ? { drained: (signal: AbortSignal) => app.drained(signal) } : {}),
  };
}

/** Runs work against the server that runs over the data folder, or against an app opened for it and closed after. */
export async function connected<T>(cli: Cli, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { host } = cli;
  const server = await host.findServer();
  if (server !== undefined) return await work(connectionTo(server, host.dataFolder, cli.space));
  const app = await host.openApp({ quiet: true });
  try {
    return await work(connectionTo(app, host.dataFolder, cli.space));
  } finally {
    await app.close();
  }
}

const LOOK_EVERY_MS = 300;

/**
 * Waits for the jobs that a command left behind when the app runs in this process, showing how many vectors are done.
 * With a server there is nothing to wait for: it goes on by itself.
 */
export async function finishJobs(cli: Cli, connection: Connection): Promise<void> {
  if (connection.drained === undefined) return;
  const drained = connection.drained(cli.signal).then(() => true);
  // The loop below may throw first; the rejection of the same abort is then nobody's.
  drained.catch(() => {});
  await withProgress(cli, 'Vectors', async (progress) => {
    while (!(await Promise.race([drained, cli.pause(LOOK_EVERY_MS).then(() => false)]))) {
      const { vectors } = await connection.client.call('status', {}, cli.signal);
      progress.set(vectors.done, vectors.of, outOf(vectors.done, vectors.of));
    }
  });
}
