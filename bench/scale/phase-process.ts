/** Entry of a process of one phase. */
import { ask } from './ask.ts';
import { fill } from './fill.ts';
import type { Phases } from './phases.ts';

const PHASES: Phases = { fill, ask };

process.once('message', (message) => {
  const { phase, input } = message as { phase: keyof Phases; input: never };
  const run: (input: never) => Promise<unknown> = PHASES[phase];
  run(input).then(
    (result) => process.send?.({ result }, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
