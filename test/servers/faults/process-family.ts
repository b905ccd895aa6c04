import { readFileSync } from 'node:fs';
import process from 'node:process';

/** A process with all that it began, itself first: PostgreSQL has a process for each connection. Linux only. */
function familyOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => familyOf(Number(child))))];
  } catch {
    return []; // it ended by itself
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself
  }
}

/** Stops them where they stand; the parent first, so that it begins no others. */
export function pauseFamily(pid: number): void {
  send(pid, 'SIGSTOP');
  for (const one of familyOf(pid)) send(one, 'SIGSTOP');
}

export function resumeFamily(pid: number): void {
  for (const one of familyOf(pid)) send(one, 'SIGCONT');
}

/** Ends them all without warning, as a power cut does. */
export function killFamily(pid: number): void {
  pauseFamily(pid);
  for (const one of familyOf(pid)) send(one, 'SIGKILL');
}
