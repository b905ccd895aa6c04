import { type Turns, turns } from './turns.ts';

/** Work with a name, which one process does alone among all that share a ledger. */
export interface Leases {
  /**
   * Waits until no other process does work of this name, then does it. The work's signal is aborted when another process
   * asks for its end, and when the name was given away because this process stood still. `waiting` ends the wait.
   */
  hold<T>(name: string, work: (ending: AbortSignal) => Promise<T>, waiting?: AbortSignal): Promise<T>;
  /** Does the work where no other process does work of this name, else nothing; gives `undefined` then. */
  tryHold<T>(name: string, work: () => Promise<T>): Promise<T | undefined>;
  /** Resolves when no other process does work of this name. */
  freed(name: string, signal: AbortSignal): Promise<void>;
  /** Asks the process that does work of this name to end it, and waits until it has; false when none does. */
  end(name: string, signal: AbortSignal): Promise<boolean>;
}

/** For a process that has its ledger alone. Order within the process is the caller's. */
export function aloneLeases(): Leases {
  const never = new AbortController().signal;
  return {
    hold: (_name, work) => work(never),
    tryHold: (_name, work) => work(),
    freed: async () => undefined,
    end: async () => false,
  };
}

/** Turns over all processes: those of this one in the order of asking, and none while another process has the key. */
export function leasedTurns(leases: Leases, about: string): Turns {
  const inTurn = turns();
  return (key, work, waiting) => inTurn(key, () => leases.hold(`${about}:${key}`, work, waiting));
}
