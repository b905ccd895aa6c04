import type { Log } from './context.ts';

/** Something that is tried again and again: a failure that lasts is told once, and once that it is over. */
export interface Trouble {
  failed(fields?: Readonly<Record<string, unknown>>): void;
  worked(fields?: Readonly<Record<string, unknown>>): void;
}

interface TroubleOptions {
  readonly log: Log;
  /** Default: warn. */
  readonly level?: 'warn' | 'error';
  /** Name of the event that tells of the first failure, and of the one that tells of the first success after it. */
  readonly begins: string;
  readonly ends: string;
}

export function trouble({ log, level = 'warn', begins, ends }: TroubleOptions): Trouble {
  let failures = 0;
  return {
    failed(fields) {
      if (failures === 0) log[level](begins, fields);
      failures += 1;
    },
    worked(fields) {
      if (failures > 0) log.info(ends, { ...fields, failures });
      failures = 0;
    },
  };
}
