import type { Cli } from './cli.ts';
import { connectionTo } from './connect.ts';
import type { RunningApp } from './host.ts';

/** An address that opens the page signed in. */
export interface PageLink {
  readonly link: string;
  readonly expiresAt: number;
}

/** Makes a link of a server that runs. The secret stands behind `#`, which browsers send to nobody. */
export async function pageLink(cli: Cli, app: RunningApp, signal: AbortSignal): Promise<PageLink> {
  const { client } = connectionTo(app, cli.host.dataFolder, cli.space);
  const { secret, expiresAt } = await client.call('makeSignInLink', {}, signal);
  return { link: `${app.url}/#in=${secret}`, expiresAt };
}

/** The address at which somebody takes an invitation; of the server that runs, else of the one that `jiwa start` starts. */
export async function invitationLink({ host }: Cli, secret: string): Promise<string> {
  const server = await host.findServer();
  return `${server?.url ?? `http://127.0.0.1:${host.port}`}/#invitation=${secret}`;
}
