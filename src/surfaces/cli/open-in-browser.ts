import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAbort } from '../../core/errors.ts';

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
/** An opener that cannot open says so at once; one that still runs shows the page. */
const SAYS_SO_MS = 2_000;

/** Opens an address in the desktop's browser; false where there is no desktop to ask. */
export async function openInBrowser(address: string): Promise<boolean> {
  const [command, ...before] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...before, address], { detached: true, stdio: 'ignore' });
  try {
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(SAYS_SO_MS) });
    return code === 0;
  } catch (error) {
    return isAbort(error);
  } finally {
    child.unref();
  }
}
