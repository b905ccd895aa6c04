import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStates, type ServerState } from './state.ts';

const STATE: ServerState = {
  pid: 4711,
  startTicks: 12,
  folder: '/tmp/somewhere',
  environment: { JIWA_TEST_REDIS: 'redis://127.0.0.1:1' },
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-states-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('remembers each server by itself until it is removed', async () => {
  const states = openStates(join(folder, 'not', 'there', 'yet'));
  expect(await states.read('redis')).toBeUndefined();
  await states.write('redis', STATE);
  expect(await states.read('redis')).toEqual(STATE);
  expect(await states.read('s3')).toBeUndefined();
  await states.remove('redis');
  await states.remove('redis');
  expect(await states.read('redis')).toBeUndefined();
});

it('keeps what it remembers, as passwords are in it, from other users', async () => {
  await openStates(folder).write('redis', STATE);
  expect((await stat(join(folder, 'redis.json'))).mode & 0o077).toBe(0);
});

it.each(['', '{', '{"pid":1}', '{"pid":-1,"startTicks":1,"folder":"/","environment":{}}'])(
  'refuses a file that holds %j, since it would not know what to stop',
  async (text) => {
    await writeFile(join(folder, 's3.json'), text);
    await expect(openStates(folder).read('s3')).rejects.toThrow(
      expect.objectContaining({ code: 'unreadable', message: expect.stringContaining('s3.json') }),
    );
  },
);
