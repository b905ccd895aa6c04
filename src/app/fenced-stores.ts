import type { Processes } from '../operations/processes.ts';
import type { GraphStore } from '../ports/graph-store.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { ObjectStore, StagedObject } from '../ports/object-store.ts';
import type { Services } from './services.ts';

type Fence = Processes['standing'];

/** What changes nothing. Whatever else a port has, or gains, is fenced below, or this does not compile. */
type MemoryReads =
  | 'limits'
  | 'get'
  | 'search'
  | 'at'
  | 'list'
  | 'count'
  | 'withoutVector'
  | 'vectorCoverage'
  | 'close';
type GraphReads = 'limits' | 'entities' | 'relations' | 'named' | 'relationsOf' | 'list' | 'count' | 'close';
type ObjectReads = 'get' | 'read' | 'info' | 'downloadUrl' | 'list' | 'close';

function fencedMemory(store: MemoryStore, standing: Fence): MemoryStore {
  const writes: Omit<MemoryStore, MemoryReads> = {
    upsert: (...given) => standing().then(() => store.upsert(...given)),
    putVectors: (...given) => standing().then(() => store.putVectors(...given)),
    remove: (...given) => standing().then(() => store.remove(...given)),
    dropSlot: (...given) => standing().then(() => store.dropSlot(...given)),
    removeOwner: (...given) => standing().then(() => store.removeOwner(...given)),
  };
  return { ...store, ...writes };
}

function fencedGraph(store: GraphStore, standing: Fence): GraphStore {
  const writes: Omit<GraphStore, GraphReads> = {
    upsert: (...given) => standing().then(() => store.upsert(...given)),
    forget: (...given) => standing().then(() => store.forget(...given)),
    removeOwner: (...given) => standing().then(() => store.removeOwner(...given)),
  };
  return { ...store, ...writes };
}

function fencedStaged(staged: StagedObject, standing: Fence): StagedObject {
  return { ...staged, commit: (key) => standing().then(() => staged.commit(key)) };
}

function fencedObjects(store: ObjectStore, standing: Fence): ObjectStore {
  const writes: Omit<ObjectStore, ObjectReads> = {
    put: (...given) => standing().then(() => store.put(...given)),
    stage: async (...given) => fencedStaged(await store.stage(...given), standing),
    remove: (...given) => standing().then(() => store.remove(...given)),
    removeAll: (...given) => standing().then(() => store.removeAll(...given)),
  };
  return { ...store, ...writes };
}

/**
 * The same services, where a process that stood still until the others gave it up writes nothing more behind their backs. The
 * ledger needs no fence: what is written there says whose turn it is.
 */
export function fencedStores(services: Services): Services {
  const { alone, memory, graph, objects, processes } = services;
  if (alone) return services;
  const standing = () => processes.standing();
  return {
    ...services,
    memory: fencedMemory(memory, standing),
    graph: fencedGraph(graph, standing),
    objects: fencedObjects(objects, standing),
  };
}
