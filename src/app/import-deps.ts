import { fillVectorsJobOf } from '../memory/fill-vectors.ts';
import { liveSlots } from '../memory/vector-slots.ts';
import type { ImportDeps } from '../operations/space/import-space.ts';
import { record } from '../people/audit-log.ts';
import type { Embedders } from './embedders.ts';
import type { People } from './people.ts';
import type { Services } from './services.ts';

/** What the import of a space works with. */
export function importDeps(services: Services, embedders: Embedders, people: People): ImportDeps {
  const { ledger, objects, memory, graph, timers } = services;
  return {
    ledger,
    objects,
    memory,
    graph,
    timers,
    async begun(ownerId) {
      people.deps.changed();
      const slots = await liveSlots(ledger.readsOf(ownerId));
      if (slots.length === 0) await embedders.shareWith(ownerId, people.deps.home);
      // Not before there is a slot to fill.
      await ledger.forOwner(ownerId, (tx) => tx.enqueue(fillVectorsJobOf()));
    },
    record: (tx, by, event) => record(tx, by.ownerId, by, event),
  };
}
