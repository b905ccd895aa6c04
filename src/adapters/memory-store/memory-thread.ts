/** Entry of the thread that holds the memory file and its indexes; started by `sqlite-memory-store.ts`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Log } from '../../core/context.ts';
import { collectGarbage } from '../connections/collect-garbage.ts';
import { checkpoints } from './checkpoints.ts';
import { openDatabase } from './database.ts';
import { embeddedMemory } from './embedded-memory.ts';
import { type MemoryMethod, type MemoryThreadData, type ThreadCalls, WRITES } from './memory-calls.ts';
import { migrations } from './schema.ts';
import { type StepQueue, stepQueue } from './step-queue.ts';
import { type FromMemoryThread, type ToMemoryThread, failureOf } from './thread-messages.ts';

/** How often, at least, indexes are looked through for idle ones. */
const IDLE_CHECK_MS = 60_000;

/** Reading so many items anew takes some 100 ms; more would be felt at the next start. */
const SNAPSHOT_ITEMS = 10_000;

/** Of calls the thread makes itself. */
const OWN_CALL = -1;

function logTo(post: (message: FromMemoryThread) => void): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => {
    return (event: string, fields?: Readonly<Record<string, unknown>>) =>
      post({ kind: 'log', level, event, fields });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function openMemory(data: MemoryThreadData, log: Log) {
  const db = openDatabase(data.path, migrations);
  const memory = embeddedMemory(db, {
    ...data,
    snapshots: { folder: `${data.path}-indexes`, worthItems: SNAPSHOT_ITEMS },
    log,
    clock: () => performance.now(),
  });
  const moving = checkpoints(data.path, log);
  const calls: ThreadCalls = {
    ...memory,
    *evictIndexes(idleMs) {
      const status = memory.evictIndexes(idleMs);
      // In a later turn, when no stack refers to the indexes any more.
      yield;
      if (status.evicted > 0) {
        db.exec('PRAGMA shrink_memory');
        collectGarbage();
      }
      return status;
    },
  };
  const close = () => {
    memory.saveIndexes(0, false);
    moving.close();
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
  };
  /** What is done in quiet moments. */
  const tidy = () => {
    memory.saveIndexes(IDLE_CHECK_MS, true);
    return calls.evictIndexes(data.indexIdleMs);
  };
  return { calls, close, tidy, wrote: () => moving.wrote() };
}

function callOn(calls: ThreadCalls, method: MemoryMethod, args: readonly unknown[]): unknown {
  return (calls[method] as (...args: readonly unknown[]) => unknown)(...args);
}

/** Buffers that need not be copied. */
function transferable(result: unknown): ArrayBuffer[] {
  if (typeof result !== 'object' || result === null || !('numbers' in result)) return [];
  return result.numbers instanceof Float64Array ? [result.numbers.buffer as ArrayBuffer] : [];
}

function serve(port: MessagePort): void {
  const post = (message: FromMemoryThread, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  const data = workerData as MemoryThreadData;
  let opened: ReturnType<typeof openMemory>;
  try {
    opened = openMemory(data, logTo(post));
  } catch (error) {
    post({ kind: 'not-opened', failure: failureOf(error) });
    return;
  }
  const { calls, tidy, wrote } = opened;
  const queue: StepQueue = stepQueue(setImmediate);
  const idleCheck = setInterval(
    () => queue.add({ id: OWN_CALL, writes: true, run: tidy, done() {}, failed() {} }),
    Math.min(IDLE_CHECK_MS, data.indexIdleMs),
  );
  const close = () => {
    clearInterval(idleCheck);
    opened.close();
    port.close();
  };
  const failed = (id: number, error: unknown) => post({ kind: 'failed', id, failure: failureOf(error) });
  port.on('message', (message: ToMemoryThread) => {
    if (message.kind === 'cancel') return queue.cancel(message.id);
    if (message.kind === 'close') {
      return queue.add({ id: OWN_CALL, writes: true, run: close, done() {}, failed() {} });
    }
    const { id, method, args } = message;
    const writes = WRITES.has(method);
    return queue.add({
      id,
      writes,
      run: () => callOn(calls, method, args),
      done(result) {
        post({ kind: 'done', id, result }, transferable(result));
        if (writes) wrote();
      },
      failed: (error) => failed(id, error),
    });
  });
  post({ kind: 'opened' });
}

if (parentPort) serve(parentPort);
