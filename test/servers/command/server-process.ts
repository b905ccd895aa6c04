import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Launch, Server } from '../kinds/server.ts';

const STOP_LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 50;

/** A process that outlives the one that started it. */
export interface ServerProcess {
  readonly pid: number;
  /** When it started, in clock ticks since boot: ids of processes are used again, pairs of both are not. */
  readonly startTicks: number;
}

/**
 * Starts a process of its own session; what it prints goes to the end of the log file. Settings that the caller's
 * environment holds for such servers do not reach it.
 */
export async function startProcess(launch: Launch, cwd: string, logFile: string): Promise<ServerProcess> {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(launch.program, launch.args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...launch.env },
    ...launch.user,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  child.unref();
  return { pid: child.pid, startTicks: (await startTicksOf(child.pid)) ?? 0 };
}

export async function isRunning({ pid, startTicks }: ServerProcess): Promise<boolean> {
  return (await startTicksOf(pid)) === startTicks;
}

/** Asks it to end, and ends it when it has not after 15 s, as when it is paused. */
export async function stopProcess(one: ServerProcess, signal: Server['stopSignal']): Promise<void> {
  const deadline = Date.now() + STOP_LIMIT_MS;
  for (let sent = false; await isRunning(one); sent = true) {
    if (!sent) send(one.pid, signal);
    else if (Date.now() > deadline) send(one.pid, 'SIGKILL');
    await wait(LOOK_EVERY_MS);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself
  }
}

/** Linux's `/proc/<pid>/stat`: the name in brackets may hold anything, after it state (field 3) to start (field 22). */
async function startTicksOf(pid: number): Promise<number | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : Number(fields[19]);
  } catch {
    return undefined; // no such process
  }
}
