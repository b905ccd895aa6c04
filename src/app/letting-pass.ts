import type { RightOfWay } from '../core/right-of-way.ts';
import type { Compute } from '../ports/compute.ts';
import type { MemoryStore } from '../ports/memory-store.ts';

interface Stores {
  readonly memory: MemoryStore;
  readonly compute: Compute;
  readonly way: RightOfWay;
}

/** The same stores for work in the background: before each piece of heavy work it lets those pass who wait for an answer. */
export function lettingPass<S extends Stores>(stores: S): S {
  const { memory, compute, way } = stores;
  return {
    ...stores,
    compute: {
      ...compute,
      async run(...task) {
        await way.pass();
        return compute.run(...task);
      },
    },
    memory: {
      ...memory,
      async upsert(...items) {
        await way.pass();
        return memory.upsert(...items);
      },
      async putVectors(...vectors) {
        await way.pass();
        return memory.putVectors(...vectors);
      },
      async withoutVector(...wanted) {
        await way.pass();
        return memory.withoutVector(...wanted);
      },
      async vectorCoverage(...wanted) {
        await way.pass();
        return memory.vectorCoverage(...wanted);
      },
    },
  };
}
