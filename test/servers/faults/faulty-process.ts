import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { notReady } from '../command/readiness.ts';
import { isRunning, type ServerProcess, startProcess, stopProcess } from '../command/server-process.ts';
import type { Launch, Server } from '../kinds/server.ts';
import { killFamily, pauseFamily, resumeFamily } from './process-family.ts';

const READY_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** The process of a server that a test may end, start again and pause, on the same data and ports. */
export interface FaultyProcess {
  /** Starts it where it does not run; does not wait until it is ready. */
  start(): Promise<void>;
  /** Resolves when it serves requests; throws when it ended or does not within a minute. */
  ready(): Promise<void>;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
  /** Ends it without warning, as a power cut does. */
  kill(): Promise<void>;
  /** It keeps its connections and answers nothing until `resume`. */
  pause(): void;
  resume(): void;
}

/** A process that is not started yet, in the folder that its launch was prepared for. */
export function faultyProcess(server: Server, launch: Launch, folder: string): FaultyProcess {
  let process: ServerProcess | undefined;
  const logFile = join(folder, 'server.log');
  const ended = async () => {
    if (process !== undefined) await stopProcess(process, server.stopSignal);
    process = undefined;
  };
  const resume = () => {
    if (process !== undefined) resumeFamily(process.pid);
  };
  return {
    async start() {
      process ??= await startProcess(launch, folder, logFile);
    },

    async ready() {
      const deadline = Date.now() + READY_LIMIT_MS;
      for (;;) {
        const failure = await notReady(server, launch.environment, new AbortController().signal);
        if (failure === undefined) return;
        const running = process !== undefined && (await isRunning(process));
        if (!running || Date.now() > deadline) {
          const what = running ? 'is not ready' : 'does not run';
          throw new Error(`${server.title} ${what}: ${failure}; its log is ${logFile}`);
        }
        await wait(LOOK_EVERY_MS);
      }
    },

    async stop() {
      resume(); // who is paused does not hear that it shall end
      await ended();
    },

    async kill() {
      if (process !== undefined) killFamily(process.pid);
      await ended();
    },

    pause() {
      if (process !== undefined) pauseFamily(process.pid);
    },
    resume,
  };
}
