import { execFile } from 'node:child_process';
import { chown, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { AppError } from '../../../src/core/errors.ts';
import { newId } from '../../../src/core/ids.ts';
import { firstProgram, onPath, printed } from './programs.ts';
import type { Environment, Launch, Place, Server, User } from './server.ts';

const MAJOR = '15';
const DEBIAN_PROGRAM = `/usr/lib/postgresql/${MAJOR}/bin/postgres`;
const REACH_MS = 5_000;

/** PostgreSQL 15 of Debian. It refuses to run as root, so root runs it as the user `postgres`. */
export const postgres: Server = {
  name: 'postgres',
  title: `PostgreSQL ${MAJOR}`,
  variables: ['JIWA_TEST_POSTGRES'],
  portCount: 1,
  stopSignal: 'SIGINT',
  prepare,
  reach,
};

async function prepare({ folder, ports: [port], signal }: Place): Promise<Launch> {
  const program = await findProgram();
  const user = await userOfServer();
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  const password = newId();
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) {
    for (const path of [folder, data, passwordFile]) await chown(path, user.uid, user.gid);
  }
  await promisify(execFile)(
    join(dirname(await realpath(program)), 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '--pwfile',
      passwordFile,
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ],
    { ...user, cwd: folder, signal },
  );
  return {
    program,
    args: ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-c', 'unix_socket_directories='],
    ...(user === undefined ? {} : { user }),
    environment: { JIWA_TEST_POSTGRES: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres` },
  };
}

async function reach(environment: Environment, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const client = new Client({
    connectionString: environment['JIWA_TEST_POSTGRES'],
    connectionTimeoutMillis: REACH_MS,
    query_timeout: REACH_MS,
  });
  client.on('error', () => undefined); // the failed call tells what happened
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

async function findProgram(): Promise<string> {
  const program = await firstProgram([DEBIAN_PROGRAM, ...onPath('postgres')], async (candidate) =>
    (await printed(candidate, '--version')).includes(` ${MAJOR}.`),
  );
  if (program !== undefined) return program;
  throw new AppError(
    'unavailable',
    `Expected PostgreSQL ${MAJOR} (postgres on PATH or ${DEBIAN_PROGRAM}), found none; on Debian: apt-get install postgresql-${MAJOR}.`,
  );
}

async function userOfServer(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([printed('id', '-u', 'postgres'), printed('id', '-g', 'postgres')]);
  if (uid === '' || gid === '') {
    throw new AppError('unavailable', 'Expected a user "postgres", as root may not run PostgreSQL.');
  }
  return { uid: Number(uid), gid: Number(gid) };
}
