import type { Command } from 'commander';
import { ChatMode } from '../../wire/trace.ts';
import { oneOf } from './command.ts';

/** How an answer is wanted. */
export interface Wish {
  readonly mode?: ChatMode;
  readonly persona?: string;
}

/** Adds the options that say how an answer is wanted. */
export function withWish(command: Command): Command {
  return command
    .option(
      '--mode <mode>',
      'santai (short and relaxed, the default) or pikiran (deliberate)',
      oneOf(ChatMode.options),
    )
    .option('--persona <name>', 'who answers');
}

/** Reads them. */
export function wishOf({ mode, persona }: Wish): Wish {
  return { ...(mode === undefined ? {} : { mode }), ...(persona === undefined ? {} : { persona }) };
}
