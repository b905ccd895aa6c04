import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { CliHost, OpenedApp, RunningApp } from '../../src/surfaces/cli/host.ts';
import { runCli } from '../../src/surfaces/cli/run-cli.ts';
import type { FakeApi } from './api-server.ts';

export interface FakeHostOptions {
  readonly dataFolder: string;
  /** The API the command line finds; none: every connection fails. */
  readonly api?: FakeApi;
  /** How it is found: as a server that runs (the default), or only by opening the app. */
  readonly opened?: boolean;
  readonly terminal?: boolean;
  readonly columns?: number;
  /** What a person types, or what comes through the pipe. */
  readonly typed?: string;
  readonly host?: Partial<CliHost>;
}

export interface FakeHost {
  readonly host: CliHost;
  readonly signals: EventEmitter;
  readonly killed: { readonly pid: number; readonly signal: string }[];
  /** What happened to the opened app, in order. */
  readonly life: string[];
  out(): string;
  err(): string;
}

function stream(terminal: boolean, columns: number): { stream: PassThrough; text: () => string } {
  const through = new PassThrough();
  const parts: string[] = [];
  through.on('data', (part: Buffer) => parts.push(part.toString()));
  Object.assign(through, { isTTY: terminal, columns, hasColors: () => terminal });
  return { stream: through, text: () => parts.join('') };
}

/** A machine for one command: streams that remember, signals a test can send, time that does not wait. */
export function fakeHost(options: FakeHostOptions): FakeHost {
  const { dataFolder, api, opened = false, terminal = false, columns = 100, typed = '' } = options;
  const stdout = stream(terminal, columns);
  const stderr = stream(false, columns);
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal });
  stdin.end(typed);
  const signals = new EventEmitter();
  const killed: { pid: number; signal: string }[] = [];
  const life: string[] = [];
  const running = (): RunningApp => {
    if (api === undefined) throw new Error('The test has no API.');
    return { url: api.url, token: api.token, pid: 4242 };
  };
  const host: CliHost = {
    version: '1.2.3',
    dataFolder,
    port: 7411,
    tokenFile: `${dataFolder}/token`,
    demoFolder: '/nowhere',
    environment: [{ name: 'JIWA_PORT', value: '7411', from: 'default', help: 'Port to listen on.' }],
    findServer: async () => (opened || api === undefined ? undefined : running()),
    async openApp({ port, dataFolder: folder }): Promise<OpenedApp> {
      life.push(
        `opened${port === undefined ? '' : ` on ${port}`}${folder === undefined ? '' : ` over ${folder}`}`,
      );
      return {
        ...running(),
        async drained() {
          life.push('drained');
        },
        async close() {
          life.push('closed');
        },
      };
    },
    async restore({ file, replace }) {
      life.push(`restored ${file}${replace ? ' in place of what was here' : ''}`);
      return { name: 'jiwa-backup-x', madeAt: 0, rows: 1, items: 2, objects: 3, forgottenSince: [] };
    },
    async openWorker({ queues }) {
      life.push(`worker for ${queues.join(',')}`);
      return {
        name: 'machine:1:abc',
        async close() {
          life.push('closed');
        },
      };
    },
    stdout: stdout.stream as unknown as NodeJS.WriteStream,
    stderr: stderr.stream as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    now: () => Date.UTC(2026, 6, 1, 12),
    pause: async (_, signal) => {
      signal.throwIfAborted();
      await new Promise(setImmediate);
    },
    signals: {
      on: (name, listener) => signals.on(name, listener),
      off: (name, listener) => signals.off(name, listener),
      kill: (pid, signal) => killed.push({ pid, signal }),
    },
    ...options.host,
  };
  return { host, signals, killed, life, out: stdout.text, err: stderr.text };
}

/** Signals for a host's `signals`, and the press of Ctrl-C. */
export function ctrlC() {
  let heard = () => {};
  const signals: CliHost['signals'] = {
    on: (name, listener) => {
      if (name === 'SIGINT') heard = listener;
    },
    off: () => {},
    kill: () => {},
  };
  return { signals, press: () => heard() };
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly fake: FakeHost;
}

/** Runs one command line on a machine of its own. */
export async function runOn(argv: readonly string[], options: FakeHostOptions): Promise<Ran> {
  const fake = fakeHost(options);
  const code = await runCli(argv, fake.host);
  return { code, out: fake.out(), err: fake.err(), fake };
}
