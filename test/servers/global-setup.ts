import { notReady } from './command/readiness.ts';
import { serversOf } from './kinds/all.ts';
import { readServerNames, type Environment, type Server } from './kinds/server.ts';
import { HOW_TO_SET } from './variables.ts';

/**
 * Fails the whole run when a server it needs is not there: all of them, or those that JIWA_TEST_SERVERS names for a run
 * of some files.
 */
export async function setup(): Promise<void> {
  const names = process.env['JIWA_TEST_SERVERS'];
  const servers = serversOf(names === undefined ? undefined : readServerNames(names));
  const missing = (await Promise.all(servers.map(whatIsMissing))).filter((line) => line !== undefined);
  if (missing.length === 0) return;
  throw new Error(
    `These tests need servers that are not there; ${HOW_TO_SET}\n${missing.map((line) => `  ${line}\n`).join('')}`,
  );
}

async function whatIsMissing(server: Server): Promise<string | undefined> {
  const unset = server.variables.filter((name) => (process.env[name] ?? '') === '');
  if (unset.length > 0) return `${server.title}: ${unset.join(', ')} not set`;
  const failure = await notReady(server, process.env as Environment, new AbortController().signal);
  return failure === undefined ? undefined : `${server.title} at ${server.variables[0]}: ${failure}`;
}
