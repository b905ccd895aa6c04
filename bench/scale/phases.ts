import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../src/core/errors.ts';
import type { ask } from './ask.ts';
import type { fill } from './fill.ts';

/** What runs in a process of its own, so that none finds the memory, or the garbage, of another. */
export interface Phases {
  readonly fill: typeof fill;
  readonly ask: typeof ask;
}

/** Runs a phase in a new process, which an interrupt of this one ends. */
export async function runPhase<P extends keyof Phases>(
  phase: P,
  input: Parameters<Phases[P]>[0],
): Promise<Awaited<ReturnType<Phases[P]>>> {
  const entry = fileURLToPath(new URL('phase-process.ts', import.meta.url));
  const child = fork(entry, { serialization: 'advanced' });
  const stop = () => child.kill();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const told: { result?: unknown }[] = [];
  child.on('message', (message) => told.push(message as { result: unknown }));
  child.send({ phase, input });
  await once(child, 'exit');
  process.off('SIGINT', stop).off('SIGTERM', stop);
  const [answer] = told;
  if (answer === undefined)
    throw new AppError('unavailable', `The phase "${phase}" of the benchmark did not end.`);
  return answer.result as Awaited<ReturnType<Phases[P]>>;
}
