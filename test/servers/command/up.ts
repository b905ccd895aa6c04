import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../../src/core/errors.ts';
import type { Environment, Server } from '../kinds/server.ts';
import { alone, type CommandContext, discard } from './context.ts';
import { freePorts } from './free-ports.ts';
import { addressOf, notReady } from './readiness.ts';
import { isRunning, type ServerProcess, startProcess, stopProcess } from './server-process.ts';
import type { ServerState } from './state.ts';

const READY_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 200;
const LOG_TAIL = 2_000;

/**
 * Starts those of these servers that do not run, waits until each serves requests, and says how tests reach them all.
 * When one cannot be started, or the signal comes, those started here are stopped again.
 */
export async function up(servers: readonly Server[], context: CommandContext): Promise<Environment> {
  const started: { readonly server: Server; readonly state: ServerState }[] = [];
  let environment: Environment = {};
  try {
    for (const server of servers) {
      await alone(server, context, async () => {
        const running = await runningState(server, context);
        const state = running ?? (await start(server, context));
        if (running === undefined) started.push({ server, state });
        await untilReady(server, state, context.signal);
        environment = { ...environment, ...state.environment };
        const address = addressOf(server, state.environment);
        context.progress(`${server.name}: ${server.title} is ready at ${address} (pid ${state.pid})`);
      });
    }
  } catch (error) {
    const cleaning = { ...context, signal: new AbortController().signal }; // an interrupted command cleans up, too
    for (const { server, state } of started) {
      await alone(server, cleaning, () => discard(server, state, context.states));
    }
    throw error;
  }
  return environment;
}

async function runningState(server: Server, { states }: CommandContext): Promise<ServerState | undefined> {
  const state = await states.read(server.name);
  if (state === undefined) return undefined;
  if (await isRunning(state)) return state;
  await discard(server, state, states);
  return undefined;
}

async function start(server: Server, context: CommandContext): Promise<ServerState> {
  const folder = await mkdtemp(join(tmpdir(), `jiwa-server-${server.name}-`));
  let process: ServerProcess | undefined;
  try {
    const launch = await server.prepare({
      folder,
      ports: await freePorts(server.portCount),
      signal: context.signal,
      progress: (line) => context.progress(`${server.name}: ${line}`),
    });
    context.signal.throwIfAborted();
    process = await startProcess(launch, folder, logOf(folder));
    const state = { ...process, folder, environment: launch.environment };
    await context.states.write(server.name, state);
    return state;
  } catch (error) {
    if (process !== undefined) await stopProcess(process, server.stopSignal);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function untilReady(server: Server, state: ServerState, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const running = await isRunning(state);
    const failure = await notReady(server, state.environment, signal);
    if (running && failure === undefined) return;
    if (!running || Date.now() > deadline) {
      const what = running ? `was not ready after ${READY_LIMIT_MS / 1000} s (${failure})` : 'ended at start';
      throw new AppError(
        'unavailable',
        `${server.title} ${what}. Its log ends with:\n${await logTail(state.folder)}`,
      );
    }
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

function logOf(folder: string): string {
  return join(folder, 'server.log');
}

async function logTail(folder: string): Promise<string> {
  return (await readFile(logOf(folder), 'utf8')).slice(-LOG_TAIL).trim();
}
