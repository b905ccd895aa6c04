import { parseArgs } from 'node:util';
import { AppError } from '../../src/core/errors.ts';

/** What a command that asks a public set is told. */
export interface SetOptions {
  readonly data: string;
  readonly set: string;
  readonly json: boolean;
  /** Of the option that says how much of the set is asked; all by default. */
  readonly most: number | undefined;
}

/** `most` names the option that says how much of the set is asked. Throws `invalid-input` with the help. */
export function readSetOptions(args: readonly string[], most: string, help: string): SetOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      set: { type: 'string' },
      json: { type: 'boolean', default: false },
      [most]: { type: 'string' },
    },
  });
  const { data, set, json } = values;
  if (typeof data !== 'string' || typeof set !== 'string')
    throw new AppError('invalid-input', `Expected --data and --set.\n\n${help}`);
  const given = values[most];
  const number = given === undefined ? undefined : Number(given);
  if (number !== undefined && !(Number.isInteger(number) && number > 0))
    throw new AppError('invalid-input', `Expected --${most} to be a positive whole number, got "${given}".`);
  return { data, set, json, most: number };
}
