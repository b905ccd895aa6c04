import { once } from 'node:events';
import type { OpenedWorker } from './opened-worker.ts';

/** Works until the signal comes, then drains; `told` hears how far it is. */
export async function serveJobs(
  open: () => Promise<OpenedWorker>,
  told: { readonly started: (worker: OpenedWorker) => void; readonly stopping: () => void },
  signal: AbortSignal,
): Promise<void> {
  const worker = await open();
  try {
    told.started(worker);
    if (!signal.aborted) await once(signal, 'abort');
    told.stopping();
  } finally {
    await worker.close();
  }
}
