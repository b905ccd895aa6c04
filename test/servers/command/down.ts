import type { Server } from '../kinds/server.ts';
import { alone, type CommandContext, discard } from './context.ts';

/** Stops these servers and removes their data. Those that were not started are left alone. */
export async function down(servers: readonly Server[], context: CommandContext): Promise<void> {
  for (const server of servers) {
    await alone(server, context, async () => {
      const state = await context.states.read(server.name);
      if (state === undefined) return;
      await discard(server, state, context.states);
      context.progress(`${server.name}: stopped, data removed`);
    });
  }
}
