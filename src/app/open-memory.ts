import { openSqliteMemoryStore } from '../adapters/memory-store/sqlite-memory-store.ts';
import type { Config } from '../config.ts';
import type { Log } from '../core/context.ts';
import { BM25 } from '../memory/analyser.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { OpenedWeaviate } from './open-weaviate.ts';

export interface OpenMemoryOptions {
  readonly config: Pick<Config, 'indexBytes' | 'idleMs'>;
  readonly weaviate: OpenedWeaviate | undefined;
  /** File of the embedded memory. */
  readonly path: string;
  readonly now: () => number;
  readonly log: Log;
}

/** The memory in the Weaviate that is given, else in a file. */
export async function openMemory(options: OpenMemoryOptions): Promise<MemoryStore> {
  const { config, weaviate, path, now, log } = options;
  const { indexBytes: indexBudgetBytes, idleMs } = config;
  if (weaviate === undefined)
    return openSqliteMemoryStore({ path, bm25: BM25, indexBudgetBytes, indexIdleMs: idleMs, log });
  const { openWeaviateMemoryStore } =
    await import('../adapters/memory-store/weaviate/weaviate-memory-store.ts');
  return openWeaviateMemoryStore({ ...weaviate, bm25: BM25, now, idleMs, log });
}
