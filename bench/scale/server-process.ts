import { readdir, readFile, readlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A server of this machine, looked at from outside. */
export interface ServerProcess {
  readonly pid: number;
  /** Where it keeps its data, as its environment says. */
  readonly dataFolder: string | undefined;
  /** In MB, waited for until it is at rest: what it holds itself, and files it has mapped, which the system may drop. */
  memory(): Promise<ServerMemory>;
  openFiles(): Promise<number>;
}

export interface ServerMemory {
  readonly ownMb: number;
  readonly mappedMb: number;
}

const LISTENS = '0A';

/** The socket that listens on a port of this machine. */
async function listener(port: number): Promise<string | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = await readFile(table, 'utf8').catch(() => '');
    for (const line of lines.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(`:${hex}`) && fields[3] === LISTENS) return `socket:[${fields[9]}]`;
    }
  }
  return undefined;
}

/** Open files of a process; none of one that is gone or not ours. */
async function filesOf(pid: string): Promise<string[]> {
  return readdir(`/proc/${pid}/fd`).catch(() => []);
}

async function holds(pid: string, socket: string): Promise<boolean> {
  for (const file of await filesOf(pid))
    if ((await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')) === socket) return true;
  return false;
}

/** The process that listens on a port; `undefined` when it runs elsewhere or this system has no /proc. */
async function pidOf(port: number): Promise<number | undefined> {
  const socket = await listener(port);
  if (socket === undefined) return undefined;
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) if (await holds(pid, socket)) return Number(pid);
  return undefined;
}

async function memoryNow(pid: number): Promise<ServerMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mb = (field: string) =>
    Math.round((Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024) / 1e6);
  return { ownMb: mb('RssAnon'), mappedMb: mb('RssFile') };
}

async function dataFolderOf(pid: number): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const path = /(?:^|\0)PERSISTENCE_DATA_PATH=([^\0]+)/.exec(environment)?.[1];
  if (path === undefined) return undefined;
  return resolve(await readlink(`/proc/${pid}/cwd`).catch(() => '/'), path);
}

const EVERY_MS = 2_000;
/** At rest when nothing larger moved for so many looks; looked at no more often than this. */
const LOOKS_AT_REST = 5;
const LOOKS = 60;
const SMALL_MB = 5;

/** Memory when writes have been merged and garbage is collected. */
async function memoryAtRest(pid: number): Promise<ServerMemory> {
  let known = await memoryNow(pid);
  for (let look = 0, still = 0; look < LOOKS && still < LOOKS_AT_REST; look++) {
    await setTimeout(EVERY_MS);
    const now = await memoryNow(pid);
    still = Math.abs(now.ownMb - known.ownMb) <= SMALL_MB ? still + 1 : 0;
    known = now;
  }
  return known;
}

/** The server that is named by its process, else by the port it listens on. */
export async function findServer(
  port: number,
  named: number | undefined,
): Promise<ServerProcess | undefined> {
  const pid = named ?? (await pidOf(port));
  if (pid === undefined) return undefined;
  return {
    pid,
    dataFolder: await dataFolderOf(pid),
    memory: () => memoryAtRest(pid),
    openFiles: async () => (await filesOf(String(pid))).length,
  };
}
