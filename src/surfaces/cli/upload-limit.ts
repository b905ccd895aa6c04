import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';

/** Largest document the server takes, in bytes, as its settings say it now; infinite when they say nothing. */
export async function uploadLimit(cli: Cli, { client }: Connection): Promise<number> {
  const { settings } = await client.call('listSettings', {}, cli.signal);
  const value = settings.find(({ key }) => key === 'upload.limitMb')?.value;
  return typeof value === 'number' ? value * 1_000_000 : Infinity;
}
