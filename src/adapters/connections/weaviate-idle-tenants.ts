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
  /** Deactivates those that are idle now. */
  look(): Promise<void>;
  close(): void;
}

const MOST_BETWEEN_LOOKS_MS = 60_000;

export function idleTenants({ now, idleMs, deactivate, log }: IdleTenantsOptions): IdleTenants {
  const lastUse = new Map<string, number>();
  const look = async () => {
    for (const [ownerId, at] of lastUse) {
      if (at > now() - idleMs) continue;
      lastUse.delete(ownerId);
      try {
        await deactivate(ownerId);
      } catch (cause) {
        log.warn('tenant-not-deactivated', { cause });
      }
    }
  };
  const timer = setInterval(() => void look(), Math.min(idleMs, MOST_BETWEEN_LOOKS_MS));
  timer.unref();
  return { used: (ownerId) => void lastUse.set(ownerId, now()), look, close: () => clearInterval(timer) };
}
