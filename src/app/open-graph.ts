import { sqliteGraphStore } from '../adapters/graph-store/sqlite-graph-store.ts';
import type { GraphStore } from '../ports/graph-store.ts';
import type { OpenMemoryOptions } from './open-memory.ts';

/** The graph beside the memory: in the Weaviate that is given, else in a file of its own at `path`. */
export async function openGraph(options: OpenMemoryOptions): Promise<GraphStore> {
  const { config, weaviate, path, now, log } = options;
  const { idleMs } = config;
  if (weaviate === undefined) return sqliteGraphStore({ path, idleMs });
  const { openWeaviateGraphStore } = await import('../adapters/graph-store/weaviate-graph-store.ts');
  return openWeaviateGraphStore({ ...weaviate, now, idleMs, log });
}
