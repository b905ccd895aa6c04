import { setTimeout as timer } from 'node:timers/promises';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { CliHost, SignalDoor } from './host.ts';
import { type Look, lookOf } from './look.ts';

/** One run of the command line: what every command gets. */
export interface Cli {
  readonly host: CliHost;
  /** Only JSON goes to the standard output. */
  readonly json: boolean;
  /** The space to work in; the first one by default. */
  readonly space: string | undefined;
  /** Ends with Ctrl-C, SIGTERM or when nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly signals: SignalDoor;
  readonly interrupts: Interrupts;
  now(): number;
  pause(ms: number): Promise<void>;
  /** The look of the standard output. */
  look(): Look;
  /** A result: as JSON (one line), or for people as lines made by `view`. */
  show<T>(value: T, view: (value: T, look: Look) => readonly string[]): void;
  /** Text for people as it comes; nothing in JSON mode. */
  write(text: string): void;
  /** A sentence for people beside the result; never on the standard output. */
  note(text: string): void;
  /** Sets the exit code of this run; 0 unless somebody says otherwise. */
  finish(code: ExitCode): void;
  exitCode(): ExitCode;
}

/** Who hears the first Ctrl-C in place of the command; the next one ends the command. */
export interface Interrupts {
  /** Taken away when it is called. */
  first?: (() => void) | undefined;
}

export interface CliParts {
  readonly host: CliHost;
  readonly json: boolean;
  readonly space: string | undefined;
  readonly signal: AbortSignal;
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal });
}

/** Binds a host to one run. */
export function makeCli({ host, json, space, signal }: CliParts): Cli {
  let code: ExitCode = EXIT.ok;
  const now = host.now ?? Date.now;
  const pause = host.pause ?? wait;
  const look = () => lookOf(host.stdout, now());
  return {
    host,
    json,
    space,
    signal,
    signals: host.signals ?? process,
    interrupts: {},
    now,
    pause: (ms) => pause(ms, signal),
    look,
    show(value, view) {
      const lines = json ? [JSON.stringify(value)] : view(value, look());
      for (const line of lines) host.stdout.write(`${line}\n`);
    },
    write(text) {
      if (!json) host.stdout.write(text);
    },
    note(text) {
      host.stderr.write(`${text}\n`);
    },
    finish(next) {
      code = next;
    },
    exitCode: () => code,
  };
}
