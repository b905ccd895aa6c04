import { readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';

const EVERY_MS = 100;

/** Calls `stop` when a process has more than `limitMiB` resident, as far as `/proc` tells it; until disposed. */
export function watchMemory(
  pid: number | undefined,
  limitMiB: number,
  stop: (error: AppError) => Promise<void>,
): Disposable {
  const look = async () => {
    const resident = await residentMiB(pid);
    if (resident === undefined || resident <= limitMiB) return;
    await stop(
      new AppError(
        'too-large',
        `Reading the file takes more memory than a document may have (${limitMiB} MiB).`,
      ),
    );
  };
  void look();
  const timer = setInterval(() => void look(), EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function residentMiB(pid: number | undefined): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1_024;
  } catch {
    // No such process, or no such file system.
    return undefined;
  }
}
