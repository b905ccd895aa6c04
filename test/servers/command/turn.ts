import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;

/**
 * Does work that one process at a time may do. The sign of being at work is a Unix socket in Linux's abstract
 * namespace: it has no file and is gone with the process, however that ends.
 */
export async function inTurn<T>(
  name: string,
  { signal, onWait }: { readonly signal: AbortSignal; readonly onWait: () => void },
  work: () => Promise<T>,
): Promise<T> {
  const path = `\0jiwa-${createHash('sha256').update(name).digest('hex')}`;
  for (let waited = false; ; waited = true) {
    const sign = createServer();
    try {
      await once(sign.listen(path), 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (!waited) onWait();
      await wait(LOOK_EVERY_MS, undefined, { signal });
      continue;
    }
    try {
      return await work();
    } finally {
      sign.close();
    }
  }
}
