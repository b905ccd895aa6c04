import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src/core/errors.ts';
import type { ServerName } from '../kinds/server.ts';

const serverState = z.object({
  pid: z.int().positive(),
  startTicks: z.number(),
  /** Holds data and log; goes when the server is stopped. */
  folder: z.string(),
  environment: z.record(z.string(), z.string()),
});

/** What is remembered of a started server between two commands. */
export type ServerState = Readonly<z.infer<typeof serverState>>;

/** Where it is remembered: a file a server, so that commands about different servers never meet. */
export interface States {
  readonly folder: string;
  /** Undefined when the server was not started. Throws `unreadable` when the file is not ours. */
  read(name: ServerName): Promise<ServerState | undefined>;
  write(name: ServerName, state: ServerState): Promise<void>;
  remove(name: ServerName): Promise<void>;
}

export function openStates(folder: string): States {
  const fileOf = (name: ServerName) => join(folder, `${name}.json`);
  return {
    folder,

    async read(name) {
      const text = await textOf(fileOf(name));
      return text === undefined ? undefined : parseState(text, fileOf(name));
    },

    async write(name, state) {
      const file = fileOf(name);
      await mkdir(folder, { recursive: true });
      await writeFile(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },

    async remove(name) {
      await rm(fileOf(name), { force: true });
    },
  };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseState(text: string, file: string): ServerState {
  try {
    return serverState.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError(
      'unreadable',
      `Expected the state of a started server in ${file}; stop it by hand and remove the file.`,
      {
        cause,
      },
    );
  }
}
