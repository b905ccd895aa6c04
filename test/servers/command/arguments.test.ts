import { expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

it('means every server when none is named', () => {
  expect(readArguments(['up'])).toEqual({ command: 'up' });
});

it('reads the servers that are named', () => {
  expect(readArguments(['status', '--only', 'redis,s3'])).toEqual({
    command: 'status',
    only: ['redis', 's3'],
  });
});

it('shows the help when asked or when there is no command', () => {
  expect(readArguments([])).toEqual({ command: 'help' });
  expect(readArguments(['down', '--help'])).toEqual({ command: 'help' });
});

it.each([
  { args: ['start'], message: 'Expected one of up, down and status, got "start".' },
  { args: ['up', 'redis'], message: 'Expected one of up, down and status, got "up redis".' },
  {
    args: ['up', '--only', 's3,mysql'],
    message: 'Expected servers among postgres, s3, redis, weaviate, got "mysql".',
  },
  { args: ['up', '--only', ''], message: 'got ""' },
  { args: ['up', '--only'], message: '--only' },
  { args: ['down', '--force'], message: '--force' },
])('refuses $args', ({ args, message }) => {
  expect(() => readArguments(args)).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(message) }),
  );
});
