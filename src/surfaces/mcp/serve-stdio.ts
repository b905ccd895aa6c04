import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { isAbort } from '../../core/errors.ts';
import { type MemoryServerOptions, memoryServer } from './memory-server.ts';

export interface StdioOptions extends MemoryServerOptions {
  readonly stdin: Readable;
  /** Nothing but the protocol is written to it. */
  readonly stdout: Writable;
  readonly signal: AbortSignal;
}

/** Serves the memory server over standard input and output until the input ends or the signal is aborted. */
export async function serveMcpStdio({ stdin, stdout, signal, ...options }: StdioOptions): Promise<void> {
  const { log } = options;
  const ended = once(stdin, 'end', { signal });
  const served = serveStdio(() => memoryServer(options), {
    transport: new StdioServerTransport(stdin, stdout),
    onerror: ({ name }) => log.debug('mcp-refused', { name }),
  });
  try {
    await ended;
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    await served.close();
  }
}
