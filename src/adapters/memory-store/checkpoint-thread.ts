/** Entry of the thread that moves what was committed from the log into the memory file; started by `checkpoints.ts`. */
import { DatabaseSync } from 'node:sqlite';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

/** Without work for so long the thread ends. */
const IDLE_MS = 10_000;

function serve(port: MessagePort): void {
  const db = new DatabaseSync(workerData as string, { timeout: 5_000 });
  const end = () => {
    db.close();
    port.close();
  };
  const idle = setTimeout(end, IDLE_MS);
  port.on('message', () => {
    idle.refresh();
    // Passive: goes as far as it can without making a reader or a writer wait.
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  });
}

if (parentPort) serve(parentPort);
