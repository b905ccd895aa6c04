import type { Ctx } from '../core/context.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import { STATE_SLOT, stateVectorOf } from './state-vector.ts';

const BATCH = 500;
const STATES = { kinds: ['state'] } as const;

/**
 * Gives states that lack their vector, as after an archive was taken in, the one their text tells of. Can run twice. Gives
 * how many got one.
 */
export async function fillStates({ memory }: { readonly memory: MemoryStore }, ctx: Ctx): Promise<number> {
  const { ownerId, signal } = ctx;
  let filled = 0;
  for (let unreadable = 0; ;) {
    signal.throwIfAborted();
    const limit = Math.min(BATCH, memory.limits.batchItems) + unreadable;
    const items = await memory.withoutVector(ownerId, STATE_SLOT, STATES, limit, signal);
    const rows = items.flatMap(({ id, text = '' }) => {
      const vector = stateVectorOf(text);
      return vector === undefined ? [] : { id, vector };
    });
    if (rows.length === 0) return filled;
    await memory.putVectors(ownerId, STATE_SLOT, rows, signal);
    filled += rows.length;
    unreadable = items.length - rows.length;
  }
}
