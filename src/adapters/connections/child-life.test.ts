import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { childLife } from './child-life.ts';

test('a child is gone when its end resolves, and may be ended again', async () => {
  const child = fork('-e', ['setInterval(() => {}, 1_000)'], { execArgv: [] });
  const { rest, end } = childLife(child);
  await once(child, 'spawn');
  rest();
  await end();
  expect(child.signalCode).toBe('SIGKILL');
  await end();
});

test('the end of a child that exited by itself, or never began, resolves', async () => {
  const short = spawn(process.execPath, ['-e', '']);
  const exited = childLife(short);
  await once(short, 'exit');
  await expect(exited.end()).resolves.toBeUndefined();
  const missing = spawn('/nowhere/jiwa');
  const failed = once(missing, 'error');
  await expect(childLife(missing).end()).resolves.toBeUndefined();
  await failed;
});
