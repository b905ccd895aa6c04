import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { AppError } from '../../core/errors.ts';
import type { ProviderBody } from '../../wire/models.ts';
import type { Cli } from './cli.ts';

export interface KeyOptions {
  readonly keyEnv?: string;
  readonly keyFile?: string;
  readonly keyStdin?: boolean;
}

/** Longer is no key. */
const MOST_CHARS = 4_000;
const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const ERASE: ReadonlySet<string> = new Set(['\u0008', '\u007F']);

function checked(text: string, from: string): NonNullable<ProviderBody['key']> {
  const value = text.trim();
  if (value !== '' && value.length <= MOST_CHARS && !/\s/.test(value)) return { value };
  throw new AppError('invalid-input', `Expected a key ${from}: one word, not empty.`);
}

/** Types the key without showing it, not even its length. */
async function askHidden(cli: Cli, provider: string): Promise<string> {
  const { stdin, stderr } = cli.host;
  stderr.write(`Key of ${provider} (not shown; empty for none): `);
  stdin.setRawMode?.(true);
  let typed = '';
  try {
    for await (const part of stdin.iterator({ destroyOnReturn: false })) {
      for (const sign of String(part)) {
        if (sign === CTRL_C) throw new AppError('aborted', 'Nothing was changed.');
        if (ENTER.test(sign)) return typed;
        typed = ERASE.has(sign) ? typed.slice(0, -1) : typed + sign;
      }
      cli.signal.throwIfAborted();
    }
    return typed;
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/**
 * The key of a provider: the name of a variable the server reads, the content of a file or of the standard input, or what
 * a person types, unseen. Never an argument: those can be read in the list of processes. `undefined`: as it is kept.
 */
export async function readKey(
  cli: Cli,
  provider: string,
  options: KeyOptions & { readonly ask: boolean },
): Promise<ProviderBody['key']> {
  const { keyEnv, keyFile, keyStdin, ask } = options;
  if (keyEnv !== undefined) return { env: keyEnv };
  if (keyFile !== undefined) return checked(await readFile(keyFile, 'utf8'), `in ${keyFile}`);
  if (keyStdin === true) return checked(await textOf(cli.host.stdin), 'on the standard input');
  if (!ask || !cli.host.stdin.isTTY) return undefined;
  const typed = await askHidden(cli, provider);
  return typed === '' ? undefined : checked(typed, 'to be typed');
}
