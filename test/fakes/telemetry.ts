import type { Telemetry, Work, WorkEnd } from '../../src/ports/telemetry.ts';

export interface Seen {
  readonly work: Work;
  /** The work inside of which it began. */
  readonly inside: Work | undefined;
  end?: WorkEnd;
  ends: number;
  firstToken: boolean;
}

/** Telemetry that remembers what it was told; `inside` is right as long as nothing waits. */
export function recordingTelemetry(): Telemetry & { readonly seen: readonly Seen[] } {
  const seen: Seen[] = [];
  let current: Work | undefined;
  return {
    seen,
    begin(work) {
      const one: Seen = { work, inside: current, ends: 0, firstToken: false };
      seen.push(one);
      return {
        within(part) {
          const before = current;
          current = work;
          try {
            return part();
          } finally {
            current = before;
          }
        },
        firstToken() {
          one.firstToken = true;
        },
        end(end) {
          one.end = end;
          one.ends++;
        },
      };
    },
    traceContext: () => undefined,
    async close() {},
  };
}
