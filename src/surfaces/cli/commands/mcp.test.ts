import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { AppError } from '../../../core/errors.ts';

const ID = '6f1c2f7e-0b0e-4c1f-9d4a-2b6a7c3d5e80';
const SPACE = { id: ID, name: 'Home', role: 'host', home: true } as const;

function reader(actions: readonly string[]): Script {
  return { me: () => ({ userId: ID, name: 'Host', space: SPACE, actions: [...actions] }) };
}

/** Lines of a client that opens, asks for the tools, and hangs up. */
const OPENING = [
  {
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
];
const typed = OPENING.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');

describe('jiwa mcp', () => {
  test('writes nothing but the protocol to the standard output, and ends with its input', async () => {
    await using on = await bench(reader(['memory:read']));
    const stdin = new PassThrough();
    const lines: string[] = [];
    const hearing = new PassThrough().on('data', (part: Buffer) => {
      lines.push(...part.toString().trim().split('\n'));
      if (lines.length === 2) stdin.end();
    });
    stdin.write(typed);
    const stdout = hearing as unknown as NodeJS.WriteStream;
    const host = { stdin: stdin as unknown as NodeJS.ReadStream, stdout };
    const { code, err } = await on.run(['mcp'], { host });
    expect([code, err]).toEqual([0, '']);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { jsonrpc: '2.0', id: 1, result: { serverInfo: { name: 'jiwa', version: '1.2.3' } } },
      { jsonrpc: '2.0', id: 2, result: { tools: expect.any(Array) } },
    ]);
  });

  test('opens the app when no server runs, and closes it again', async () => {
    await using on = await bench(reader(['memory:read']));
    const { fake } = await on.run(['mcp'], { typed, opened: true });
    expect(fake.life).toEqual(['opened', 'closed']);
  });

  test('says on the standard error why it cannot serve', async () => {
    await using on = await bench({
      me: () => {
        throw new AppError('unauthenticated', 'A valid token is needed.');
      },
    });
    const { code, out, err } = await on.run(['mcp'], { typed });
    expect([code, out, err]).toEqual([1, '', 'A valid token is needed.\n']);
  });

  test('waits for a server that is starting', async () => {
    await using on = await bench(reader([]));
    let looks = 0;
    const { url, token } = on.api;
    const { code } = await on.run(['mcp'], {
      typed,
      host: {
        findServer: async () => (++looks < 3 ? undefined : { url, token, pid: 1 }),
        openApp: async () => {
          throw new AppError('conflict', 'The folder is taken.');
        },
      },
    });
    expect([code, looks]).toEqual([0, 3]);
  });
});
