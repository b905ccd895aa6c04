import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Server, ServerName } from '../kinds/server.ts';
import { reachHttp } from '../kinds/reach-http.ts';
import type { CommandContext } from './context.ts';
import { down } from './down.ts';
import { isRunning } from './server-process.ts';
import { openStates, type ServerState } from './state.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const ANSWERING = `require('http').createServer((q, a) => a.end()).listen(process.argv[1], '127.0.0.1')`;
const FAILING = `console.error('no room left'); process.exit(3)`;
const NEVER_LISTENING = `setInterval(() => {}, 1000)`;

let folder: string;
let context: CommandContext;
let lines: string[];
let interrupted: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-up-'));
  lines = [];
  interrupted = new AbortController();
  context = {
    states: openStates(folder),
    signal: interrupted.signal,
    progress: (line) => void lines.push(line),
  };
});

afterEach(async () => {
  await down([scripted('redis', ANSWERING), scripted('s3', ANSWERING)], {
    ...context,
    signal: new AbortController().signal,
  });
  await rm(folder, { recursive: true, force: true });
});

/** A server that is a line of JavaScript, which gets its port. */
function scripted(name: ServerName, script: string): Server {
  return {
    name,
    title: `Scripted ${name}`,
    variables: [`TEST_${name}`],
    portCount: 1,
    stopSignal: 'SIGTERM',
    prepare: ({ ports: [port] }) =>
      Promise.resolve({
        program: process.execPath,
        args: ['-e', script, String(port)],
        environment: { [`TEST_${name}`]: `http://127.0.0.1:${port}` },
      }),
    reach: (environment, signal) => reachHttp(environment[`TEST_${name}`] ?? '', signal),
  };
}

async function stateOf(name: ServerName): Promise<ServerState> {
  const state = await context.states.read(name);
  if (state === undefined) throw new Error(`${name} was not started`);
  return state;
}

describe.skipIf(process.platform !== 'linux')(
  'up, status and down (they need /proc and abstract sockets of Linux)',
  () => {
    it('starts what does not run, says where it is, and stops it with its data', async () => {
      const server = scripted('redis', ANSWERING);
      const environment = await up([server], context);
      const state = await stateOf('redis');
      expect(environment).toEqual(state.environment);
      expect(await status([server], context)).toMatch(/^redis .* pid \d+ +127\.0\.0\.1:\d+ +ready/);
      await down([server], context);
      expect(await isRunning(state)).toBe(false);
      expect(existsSync(state.folder)).toBe(false);
      expect(await status([server], context)).toContain('not started');
    });

    it('leaves alone what runs', async () => {
      const server = scripted('redis', ANSWERING);
      await up([server], context);
      const first = await stateOf('redis');
      await up([server], context);
      expect(await stateOf('redis')).toEqual(first);
    });

    it('starts one server once when two commands start it at the same time', async () => {
      const server = scripted('redis', ANSWERING);
      const [one, other] = await Promise.all([up([server], context), up([server], context)]);
      expect(one).toEqual(other);
      expect(lines).toContain('redis: waiting for another command that starts or stops it');
    });

    it('starts again what ended by itself', async () => {
      const server = scripted('redis', ANSWERING);
      await up([server], context);
      const first = await stateOf('redis');
      process.kill(first.pid, 'SIGKILL');
      await expect.poll(() => status([server], context)).toContain('ended by itself');
      await up([server], context);
      expect((await stateOf('redis')).pid).not.toBe(first.pid);
      expect(existsSync(first.folder)).toBe(false);
    });

    it('stops what it started when another server fails, and shows the end of the log of that', async () => {
      const good = scripted('redis', ANSWERING);
      const states: (ServerState | undefined)[] = [];
      const watched: CommandContext = {
        ...context,
        states: {
          ...context.states,
          async write(name, state) {
            states.push(state);
            await context.states.write(name, state);
          },
        },
      };
      await expect(up([good, scripted('s3', FAILING)], watched)).rejects.toThrow(
        /Scripted s3 ended at start.*\n.*no room left/,
      );
      expect(states).toHaveLength(2);
      for (const state of states) {
        expect(state && (await isRunning(state))).toBe(false);
        expect(existsSync(state?.folder ?? '')).toBe(false);
      }
      expect(await status([good, scripted('s3', FAILING)], context)).toMatch(/not started\n.*not started\n/);
    });

    it('keeps what ran before when another server fails', async () => {
      const good = scripted('redis', ANSWERING);
      await up([good], context);
      await expect(up([good, scripted('s3', FAILING)], context)).rejects.toThrow('ended at start');
      expect(await isRunning(await stateOf('redis'))).toBe(true);
    });

    it('stops what it started when it is interrupted', async () => {
      const server = scripted('redis', NEVER_LISTENING);
      const outcome = up([server], context).then(
        () => 'ready',
        () => 'failed',
      );
      await expect.poll(() => context.states.read('redis')).toBeDefined();
      const state = await stateOf('redis');
      interrupted.abort();
      expect(await outcome).toBe('failed');
      expect(await isRunning(state)).toBe(false);
      expect(await context.states.read('redis')).toBeUndefined();
    });
  },
);
