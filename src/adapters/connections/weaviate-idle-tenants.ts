import type { Log } from '../../core/context.ts';

export interface IdleTenantsOptions {
  readonly now: () => number;
  /** An owner nobody asked for in this process for so long leaves the memory of Weaviate. */
  readonly idleMs: number;
  readonly deactivate: (ownerId: string) => Promise<void>;
  readonly log: Log;
}

/** Lets Weaviate put owners out of memory; it takes them back by itself at the next call, also one of another process. */
export interface IdleTenants {
  used(ownerId: string): void;
  close(): void;
}

const MOST_BETWEEN_LOOKS_MS = 60_000;

export function idleTenants({ now, idleMs, deactivate, log }: IdleTenantsOptions): IdleTenants {
  const lastUse = new Map<string, number>();
  let looking = false;
  let closed = false;

  /** Deactivates those that are idle now; one that stays active all the same is tried again at the next look. */
  async function look(): Promise<void> {
    for (const ownerId of Array.from(lastUse.keys())) {
      const at = lastUse.get(ownerId);
      if (closed) return;
      if (at === undefined || at > now() - idleMs) continue;
      lastUse.delete(ownerId);
      try {
        await deactivate(ownerId);
      } catch (cause) {
        log.warn('tenant-not-deactivated', { cause });
        if (!lastUse.has(ownerId)) lastUse.set(ownerId, at);
      }
    }
  }

  /** A look that takes longer than the time between two is not joined by another. */
  async function lookAlone(): Promise<void> {
    if (looking) return;
    looking = true;
    await look();
    looking = false;
  }

  const timer = setInterval(() => void lookAlone(), Math.min(idleMs, MOST_BETWEEN_LOOKS_MS));
  timer.unref();
  return {
    used: (ownerId) => void lastUse.set(ownerId, now()),
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}
