import { once } from 'node:events';
import { connect } from 'node:net';
import { AppError } from '../../../src/core/errors.ts';
import { firstProgram, onPath, printed } from './programs.ts';
import type { Environment, Launch, Place, Server } from './server.ts';

/** Redis 7 of Debian, set up as a queue needs it: nothing is evicted, every write goes to the append-only file. */
export const redis: Server = {
  name: 'redis',
  title: 'Redis 7',
  variables: ['JIWA_TEST_REDIS'],
  portCount: 1,
  stopSignal: 'SIGTERM',
  prepare,
  reach,
};

async function prepare({ folder, ports: [port] }: Place): Promise<Launch> {
  return {
    program: await findProgram(),
    args: [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--maxmemory-policy',
      'noeviction',
      '--appendonly',
      'yes',
    ],
    environment: { JIWA_TEST_REDIS: `redis://127.0.0.1:${port}` },
  };
}

/** A server that still loads its data answers PING with an error. */
async function reach(environment: Environment, signal: AbortSignal): Promise<void> {
  const { hostname, port } = new URL(environment['JIWA_TEST_REDIS'] ?? '');
  const socket = connect({ host: hostname, port: Number(port), signal });
  try {
    await once(socket, 'connect', { signal });
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
    if (answer.toString() !== '+PONG\r\n') throw new Error(`expected PONG, got ${answer.toString().trim()}`);
  } finally {
    socket.on('error', () => undefined); // the wait above has thrown it
    socket.destroy();
  }
}

async function findProgram(): Promise<string> {
  const program = await firstProgram(onPath('redis-server'), async (candidate) =>
    (await printed(candidate, '--version')).includes(' v=7.'),
  );
  if (program !== undefined) return program;
  throw new AppError(
    'unavailable',
    'Expected redis-server 7 on PATH, found none; on Debian: apt-get install redis-server.',
  );
}
