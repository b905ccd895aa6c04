import type { Command } from 'commander';
import { silentLog } from '../../../core/context.ts';
import type { Cli } from '../cli.ts';
import { addCommand } from '../command.ts';
import { lastingClient } from '../lasting-client.ts';

async function serve(cli: Cli): Promise<void> {
  const { stdin, stdout, version } = cli.host;
  const client = lastingClient(cli);
  try {
    const { actions } = await client.call('me', {}, cli.signal);
    const api = { actions, call: client.call };
    const { serveMcpStdio } = await import('../../mcp/serve-stdio.ts');
    await serveMcpStdio({ stdin, stdout, version, api, log: silentLog, signal: cli.signal });
  } finally {
    await client.close();
  }
}

/** `jiwa mcp`: the memory server for programs that start one; they speak to it through a pipe. */
export function addMcp(program: Command, cli: Cli): void {
  addCommand(program, cli, 'mcp', {
    summary: 'Serve memory to an assistant program over standard input and output (MCP)',
    about: 'Programs start this command themselves. A server that runs serves the same at /mcp.',
    examples: ['mcp', 'mcp --data ~/jiwa'],
  }).action(async () => serve(cli));
}
