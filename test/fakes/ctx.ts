import { type Ctx, silentLog } from '../../src/core/context.ts';
import { newId } from '../../src/core/ids.ts';

export const OWNER_A = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
export const OWNER_B = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';

/** A context for owner A that is never aborted and stands still in time, changed by what the test gives. */
export function fakeCtx(changes: Partial<Ctx> = {}): Ctx {
  return {
    ownerId: OWNER_A,
    signal: new AbortController().signal,
    now: () => Date.UTC(2025, 0, 1),
    newId,
    log: silentLog,
    ...changes,
  };
}
