import type { Timers } from '../../src/core/timers.ts';

/** A clock that stands still until a test moves it; timers fire in order of their times. */
export interface FakeClock extends Timers {
  readonly now: () => number;
  /** Moves time on and runs what falls due, each at its own time. */
  advance(ms: number): void;
  /** How many timers wait. */
  waiting(): number;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export function fakeClock(start = Date.UTC(2025, 0, 1)): FakeClock {
  let time = start;
  const timers = new Set<Timer>();
  const nextUntil = (end: number) =>
    [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => time,
    after(ms, run) {
      const timer = { at: time + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const end = time + ms;
      for (let timer = nextUntil(end); timer; timer = nextUntil(end)) {
        timers.delete(timer);
        time = Math.max(time, timer.at);
        timer.run();
      }
      time = end;
    },
    waiting: () => timers.size,
  };
}
