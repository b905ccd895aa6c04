import type { Access, Authorized } from '../core/authorized.ts';
import type { Log } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import type { Action } from '../wire/route.ts';
import { authorise } from './authorise.ts';
import type { Identity } from './identity.ts';

/** Half of the promise that a revocation reaches what is open within five seconds, with room for a busy machine. */
const LOOK_EVERY_MS = 2_000;

/** Something that is going on with a permission that may be taken away. */
export interface Watched {
  /** Aborted, with the refusal as its reason, when the permission is gone. */
  readonly signal: AbortSignal;
  /** It has ended by itself. */
  end(): void;
}

export interface AccessWatch {
  watch(access: Authorized<Access>, action: Action): Watched;
  close(): Promise<void>;
}

interface Open {
  readonly access: Access & { readonly credentialId: string };
  readonly action: Action;
  readonly controller: AbortController;
}

export interface WatchDeps {
  readonly identity: Pick<Identity, 'again'>;
  readonly timers: Timers;
  readonly log: Log;
}

async function refusal(
  { access, action }: Open,
  identity: WatchDeps['identity'],
): Promise<AppError | undefined> {
  try {
    authorise(await identity.again(access.credentialId, access.ownerId), action, access.ownerId);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && ['unauthenticated', 'forbidden', 'not-found'].includes(error.code)) {
      return new AppError('unauthenticated', 'The permission for this was taken away.');
    }
    throw error;
  }
}

/**
 * Looks every two seconds whether those whose calls are still open may still do what they do. What is short is over before
 * the first look and costs nothing.
 */
export function accessWatch({ identity, timers, log }: WatchDeps): AccessWatch {
  const open = new Set<Open>();
  let cancel: (() => void) | undefined;
  const look = async () => {
    const byPermission = Map.groupBy(open, ({ access, action }) => {
      return `${access.credentialId} ${access.ownerId} ${action}`;
    });
    for (const [first, ...rest] of byPermission.values()) {
      const refused = first && (await refusal(first, identity));
      if (refused) for (const each of [first, ...rest]) each.controller.abort(refused);
    }
  };
  const schedule = () => {
    cancel = timers.after(LOOK_EVERY_MS, () => {
      look()
        .catch((cause: unknown) => log.error('access-not-checked', { cause }))
        .finally(() => {
          cancel = undefined;
          if (open.size > 0) schedule();
        });
    });
  };
  return {
    watch(access, action) {
      const controller = new AbortController();
      const { credentialId } = access;
      if (credentialId === undefined) return { signal: controller.signal, end() {} };
      const each = { access: { ...access, credentialId }, action, controller };
      open.add(each);
      if (cancel === undefined) schedule();
      return { signal: controller.signal, end: () => open.delete(each) };
    },
    async close() {
      cancel?.();
      open.clear();
    },
  };
}
