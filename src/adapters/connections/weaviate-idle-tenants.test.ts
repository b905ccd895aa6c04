import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../core/context.ts';
import { idleTenants } from './weaviate-idle-tenants.ts';

const IDLE_MS = 1_000;
type Deactivate = (ownerId: string) => Promise<void>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(deactivate: Deactivate) {
  return idleTenants({ now: Date.now, idleMs: IDLE_MS, deactivate, log: silentLog });
}

test('puts an owner to rest once, when nobody asked for it for long enough', async () => {
  const deactivate = vi.fn<Deactivate>(async () => {});
  const idle = open(deactivate);
  idle.used('ann');
  await vi.advanceTimersByTimeAsync(IDLE_MS / 2);
  idle.used('boris');
  await vi.advanceTimersByTimeAsync(IDLE_MS / 2);
  expect(deactivate.mock.calls).toEqual([['ann']]);
  await vi.advanceTimersByTimeAsync(5 * IDLE_MS);
  expect(deactivate.mock.calls).toEqual([['ann'], ['boris']]);
  idle.close();
});

test('tries again when Weaviate did not do it', async () => {
  const deactivate = vi.fn<Deactivate>(async () => {}).mockRejectedValueOnce(new Error('away'));
  const idle = open(deactivate);
  idle.used('ann');
  await vi.advanceTimersByTimeAsync(5 * IDLE_MS);
  expect(deactivate).toHaveBeenCalledTimes(2);
  idle.close();
});

test('looks no further once it is closed, and never twice at once', async () => {
  const slow = Promise.withResolvers<void>();
  const deactivate = vi.fn<Deactivate>(() => slow.promise);
  const idle = open(deactivate);
  idle.used('ann');
  idle.used('boris');
  await vi.advanceTimersByTimeAsync(5 * IDLE_MS);
  expect(deactivate).toHaveBeenCalledTimes(1);
  idle.close();
  slow.resolve();
  await vi.advanceTimersByTimeAsync(IDLE_MS);
  expect(deactivate).toHaveBeenCalledTimes(1);
});
