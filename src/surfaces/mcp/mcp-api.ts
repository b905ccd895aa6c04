import type { Client } from '../../wire/client.ts';

/** The API as the tools reach it: in process behind `/mcp`, over HTTP behind `jiwa mcp`. */
export interface McpApi extends Pick<Client, 'call'> {
  /** What the caller may do: tools beyond it are not shown. */
  readonly actions: readonly string[];
}
