import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Server } from '../kinds/server.ts';
import { stopProcess } from './server-process.ts';
import type { ServerState, States } from './state.ts';
import { inTurn } from './turn.ts';

/** What a command needs beside the servers it is about. */
export interface CommandContext {
  readonly states: States;
  readonly signal: AbortSignal;
  /** Tells a person what happens. */
  progress(line: string): void;
}

/** One command at a time starts or stops a server of this checkout. */
export function alone<T>(server: Server, context: CommandContext, work: () => Promise<T>): Promise<T> {
  const onWait = () =>
    context.progress(`${server.name}: waiting for another command that starts or stops it`);
  return inTurn(join(context.states.folder, server.name), { signal: context.signal, onWait }, work);
}

/** Stops what is left of a started server, removes its data and forgets it. */
export async function discard(server: Server, state: ServerState, states: States): Promise<void> {
  await stopProcess(state, server.stopSignal);
  await rm(state.folder, { recursive: true, force: true });
  await states.remove(server.name);
}
