import type { Command } from 'commander';
import { ItemKind, ItemRole, type RecallFilter } from '../../wire/recall.ts';
import type { Cli } from './cli.ts';
import { commaList, oneOrMoreOf } from './command.ts';
import type { Connection } from './connect.ts';
import { idsOf } from './resolve-id.ts';
import { fromTime, toTime } from './time-range.ts';

/** Options of `ask` and `recall` that narrow what is searched. */
export interface FilterOptions {
  readonly folder?: string;
  readonly document?: string;
  readonly kind?: RecallFilter['kinds'];
  readonly role?: RecallFilter['roles'];
  readonly tag?: string[];
  readonly from?: number;
  readonly to?: number;
}

/** Adds those options to a command. */
export function withFilter(command: Command): Command {
  return command
    .option('--folder <path>', 'only documents whose path begins so')
    .option('--document <id>', 'only this document')
    .option(
      '--kind <kinds>',
      `only these kinds: ${ItemKind.options.join(', ')}`,
      oneOrMoreOf(ItemKind.options),
    )
    .option('--role <roles>', `only said by: ${ItemRole.options.join(', ')}`, oneOrMoreOf(ItemRole.options))
    .option('--tag <tags>', 'only with one of these tags', commaList)
    .option('--from <time>', 'not before this year, month or day (2026, 2026-03, 2026-03-14)', fromTime)
    .option('--to <time>', 'not after this year, month or day', toTime);
}

/** The filter the options say; ids are completed from their first digits. */
export async function filterOf(
  cli: Cli,
  connection: Connection,
  options: FilterOptions,
): Promise<RecallFilter> {
  const { folder, document, kind, role, tag, from, to } = options;
  return {
    ...(folder === undefined ? {} : { folder }),
    ...(document === undefined ? {} : { documentIds: [await idsOf(cli, connection).document(document)] }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(role === undefined ? {} : { roles: role }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
