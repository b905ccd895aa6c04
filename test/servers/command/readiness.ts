import type { Environment, Server } from '../kinds/server.ts';

const ANSWER_LIMIT_MS = 5_000;

/** Why the server at these addresses does not serve requests; undefined when it does. */
export async function notReady(
  server: Server,
  environment: Environment,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await server.reach(environment, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

/** Host and port, without the secret that the full address may hold. */
export function addressOf({ variables: [address] }: Server, environment: Environment): string {
  return new URL(environment[address] ?? '').host;
}
