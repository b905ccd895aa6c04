/** Entry of a process of one phase, so that none finds the memory, or the garbage, of another. */
import { baselines, type Baselines } from './baselines.ts';
import { plant, type Planted } from './plant.ts';
import { recallInProcess, type Asking } from './recall-in-process.ts';
import type { Times } from '../memory-store/measure.ts';

/** What each phase gets and gives. */
export interface Phases {
  readonly plant: (folder: string, items: number) => Promise<Planted>;
  readonly recall: (folder: string, asking: Asking) => Promise<Times>;
  readonly baselines: (folder: string, over: Parameters<typeof baselines>[1]) => Promise<Baselines>;
}

const PHASES: Phases = { plant, recall: recallInProcess, baselines };

process.once('message', (message) => {
  const { phase, args } = message as { phase: keyof Phases; args: readonly never[] };
  const run = PHASES[phase] as (...args: readonly never[]) => Promise<unknown>;
  run(...args).then(
    (result) => process.send?.({ result }, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
