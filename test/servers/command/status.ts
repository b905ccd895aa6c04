import type { Server } from '../kinds/server.ts';
import type { CommandContext } from './context.ts';
import { addressOf, notReady } from './readiness.ts';
import { isRunning } from './server-process.ts';

/** A line a server: whether it runs, its process, its address, and whether it serves requests. */
export async function status(servers: readonly Server[], context: CommandContext): Promise<string> {
  const lines = await Promise.all(servers.map((server) => statusLine(server, context)));
  return lines.join('');
}

async function statusLine(server: Server, { states, signal }: CommandContext): Promise<string> {
  const state = await states.read(server.name);
  const start = `${server.name.padEnd(9)} ${server.title.padEnd(18)}`;
  if (state === undefined) return `${start} not started\n`;
  if (!(await isRunning(state))) return `${start} ended by itself (was pid ${state.pid})\n`;
  const failure = await notReady(server, state.environment, signal);
  const ready = failure === undefined ? 'ready' : `not ready: ${failure}`;
  const address = addressOf(server, state.environment);
  return `${start} pid ${String(state.pid).padEnd(8)} ${address.padEnd(16)} ${ready}  ${state.folder}\n`;
}
