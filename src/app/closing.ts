import type { Log } from '../core/context.ts';

interface Closable {
  close(): Promise<void>;
}

/** What was opened, to be closed in reverse order. */
export interface Closing {
  add<T extends Closable>(opened: T): T;
  /** Closes everything; one that fails is logged and stops nothing. */
  all(): Promise<void>;
}

export function closingList(log: Log): Closing {
  const opened: Closable[] = [];
  return {
    add(each) {
      opened.push(each);
      return each;
    },
    async all() {
      for (let each = opened.pop(); each !== undefined; each = opened.pop()) {
        try {
          await each.close();
        } catch (cause) {
          log.error('close-failed', { cause });
        }
      }
    },
  };
}
