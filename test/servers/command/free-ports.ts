import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '../../../src/core/errors.ts';

/** Below the ports that systems give to outgoing connections, so that none of those takes one before the server does. */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 100;

/** Consecutive ports of 127.0.0.1 on which nothing listens. */
export async function freePorts(count: number): Promise<readonly number[]> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const first = randomInt(FIRST, LAST - count);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return ports;
  }
  throw new AppError('unavailable', `Expected ${count} free ports in a row between ${FIRST} and ${LAST}.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false; // somebody listens there
  } finally {
    server.close();
  }
}
