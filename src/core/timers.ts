/** Calls back later. An argument wherever something waits, so tests decide how time passes. */
export interface Timers {
  /** Runs `run` once after `ms` milliseconds (at most 2^31 − 1); gives the function that takes it back. */
  after(ms: number, run: () => void): () => void;
}

/** The timers of the platform. */
export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
