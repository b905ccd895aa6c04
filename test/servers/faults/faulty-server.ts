import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../command/free-ports.ts';
import { serversOf } from '../kinds/all.ts';
import type { Environment, ServerName } from '../kinds/server.ts';
import { faultyProcess } from './faulty-process.ts';
import { type SlowWay, slowWay } from './slow-way.ts';

/** A server of this test alone, which may be ended, paused and made slow while it is used. */
export interface FaultyServer {
  /** As `npm run servers -- up` prints it; the way there is the one that can be slow. */
  readonly environment: Environment;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it on the data that it had; resolves when it serves requests. */
  start(): Promise<void>;
  /** It keeps its connections and answers nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** From now on each piece of bytes takes so long, either way; 0 is no delay. */
  slow(delayMs: number): void;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const ADDRESS = /127\.0\.0\.1:(\d+)/;

/** Starts a server in a folder and on ports of its own; resolves when it serves requests. */
export async function faultyServer(name: ServerName): Promise<FaultyServer> {
  const [server] = serversOf([name]);
  if (server === undefined) throw new Error(`There is no server ${name}.`);
  const folder = await mkdtemp(join(tmpdir(), `jiwa-faulty-${name}-`));
  const launch = await server.prepare({
    folder,
    ports: await freePorts(server.portCount),
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  const process = faultyProcess(server, launch, folder);
  const ways: SlowWay[] = [];
  const close = async () => {
    for (const way of ways) await way[Symbol.asyncDispose]();
    await process.kill();
    await rm(folder, { recursive: true, force: true });
  };
  const start = async () => {
    await process.start();
    await process.ready();
  };
  const environment: Record<string, string> = {};
  try {
    for (const [variable, value] of Object.entries(launch.environment)) {
      const port = ADDRESS.exec(value)?.[1];
      if (port === undefined) {
        environment[variable] = value;
        continue;
      }
      const way = await slowWay(Number(port));
      ways.push(way);
      environment[variable] = value.replace(ADDRESS, `127.0.0.1:${way.port}`);
    }
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  const slow = (delayMs: number) => {
    for (const way of ways) way.delay(delayMs);
  };
  return { ...process, environment, start, slow, close };
}
