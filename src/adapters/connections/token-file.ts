import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The token of this machine's command line, kept in the data folder where only its owner can read it. */
export function tokenFile(dataFolder: string) {
  const path = join(dataFolder, 'token');
  return {
    path,
    async read(): Promise<string | undefined> {
      try {
        return (await readFile(path, 'utf8')).trim() || undefined;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(token: string): Promise<void> {
      const temporary = `${path}.${process.pid}.tmp`;
      await writeFile(temporary, `${token}\n`, { mode: 0o600, flush: true });
      await rename(temporary, path);
    },
  };
}

/** 256 bits of randomness, printable. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
