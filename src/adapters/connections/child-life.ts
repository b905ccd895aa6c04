import type { ChildProcess } from 'node:child_process';

/** How long a child process and this one live, by each other. */
export interface ChildLife {
  /** While it rests, the child does not keep this process alive. */
  readonly rest: () => void;
  readonly wake: () => void;
  /** Ends the child now, with all its memory, and resolves when it is gone. Harmless when it is already. */
  readonly end: () => Promise<void>;
}

/** To be called as soon as the child is started, so that no exit is missed. */
export function childLife(child: ChildProcess): ChildLife {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    rest() {
      child.unref();
      child.channel?.unref();
    },
    wake() {
      child.ref();
      child.channel?.ref();
    },
    async end() {
      // A child that could not be started never exits.
      if (child.pid === undefined) return;
      // A child at rest would let this process end before it is gone.
      child.ref();
      child.kill('SIGKILL');
      await exited;
    },
  };
}
