import * as overlap from './overlap/command.ts';
import * as quality from './quality/command.ts';
import * as recall from './recall/command.ts';
import * as scale from './scale/command.ts';
import * as speed from './speed/command.ts';

/** One benchmark of `npm run bench`. */
export interface Bench {
  /** A line for the list of benchmarks. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Prints its figures to stdout. Throws `invalid-input` for options it cannot use. */
  run(args: readonly string[]): Promise<void>;
}

/** Every benchmark by the name it is called with. */
export const BENCHES: Readonly<Record<string, Bench>> = { recall, quality, overlap, scale, speed };
