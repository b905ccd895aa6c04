import { AppError, toAppError } from '../../core/errors.ts';
import type { Client } from '../../wire/client.ts';
import type { Cli } from './cli.ts';
import { connectionTo } from './connect.ts';

/** Calls of the API for a command that runs long. */
export interface LastingClient extends Pick<Client, 'call'> {
  /** Closes the app if it was opened here. */
  close(): Promise<void>;
}

interface Reached {
  readonly client: Client;
  close(): Promise<void>;
}

/** A server that is starting has the data folder before it can be called: so often it is looked for again. */
const LOOKS = 20;
const LOOK_AGAIN_MS = 500;

async function reach(cli: Cli): Promise<Reached> {
  const { host } = cli;
  for (let look = 1; ; look++) {
    const server = await host.findServer();
    if (server !== undefined)
      return { ...connectionTo(server, host.dataFolder, cli.space), async close() {} };
    try {
      const app = await host.openApp({ quiet: true });
      return { ...connectionTo(app, host.dataFolder, cli.space), close: () => app.close() };
    } catch (error) {
      if (look === LOOKS || toAppError(error).code !== 'conflict') throw error;
    }
    await cli.pause(LOOK_AGAIN_MS);
  }
}

/** Nobody listens where the call went, so nothing of it was done. */
function nobodyThere(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'unavailable') return false;
  const cause = (error.cause as { readonly cause?: { readonly code?: unknown } } | undefined)?.cause;
  return cause?.code === 'ECONNREFUSED';
}

/**
 * A client that outlives the server it goes to: when that has ended, the call goes to the next one there is, or the app is
 * opened in this process. A call that may have reached the server is not repeated.
 */
export function lastingClient(cli: Cli): LastingClient {
  let current: Promise<Reached> | undefined;
  const reached = () => {
    const next = current ?? reach(cli);
    current = next;
    next.catch(() => {
      if (current === next) current = undefined;
    });
    return next;
  };
  return {
    async call(name, input, signal) {
      const asked = reached();
      const { client } = await asked;
      try {
        return await client.call(name, input, signal);
      } catch (error) {
        if (!nobodyThere(error)) throw error;
      }
      if (current === asked) current = undefined;
      return (await reached()).client.call(name, input, signal);
    },
    async close() {
      const last = await current?.catch(() => undefined);
      await last?.close();
    },
  };
}
