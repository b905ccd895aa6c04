import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../src/core/ids.ts';
import { diskBytes } from './disk-bytes.ts';
import type { SetUp } from './open-set-up.ts';
import type { ServerMemory, ServerProcess } from './server-process.ts';
import { putToRest, removeCollections, withWeaviate } from './weaviate-collections.ts';

/** A new, empty memory of one of the backends, with what can be seen of it from outside. */
export interface StoreAtTest {
  readonly setUp: SetUp;
  /** True when the store is in Jiwa's own process. */
  readonly inProcess: boolean;
  /** Of the server; `undefined` where there is none, or none on this machine. */
  serverMemory(): Promise<ServerMemory | undefined>;
  openFiles(): Promise<number | undefined>;
  /** Of the memory alone, without the texts of chunks, which are objects; `undefined` when it is elsewhere. */
  diskBytes(): Promise<number | undefined>;
  /** Puts all owners to rest, as if nobody had asked for them for long. */
  rest(owners: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

const temporary = () => mkdtemp(join(tmpdir(), 'jiwa-scale-'));

export async function embeddedAtTest(): Promise<StoreAtTest> {
  const folder = await temporary();
  return {
    setUp: { folder, environment: {} },
    inProcess: true,
    serverMemory: async () => undefined,
    openFiles: async () => undefined,
    diskBytes: () => diskBytes(folder, (name) => name.startsWith('memory.sqlite')),
    // A new process has nothing at hand.
    rest: async () => {},
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** In collections of its own on the server that the variables name. */
export async function weaviateAtTest(
  server: Readonly<Record<string, string>>,
  process: ServerProcess | undefined,
): Promise<StoreAtTest> {
  const folder = await temporary();
  const prefix = `Scale${newId().replaceAll('-', '').slice(0, 12)}`;
  const environment = { ...server, JIWA_WEAVIATE_PREFIX: prefix };
  const dataFolder = process?.dataFolder;
  const ours = (name: string) => name.startsWith(prefix.toLowerCase());
  return {
    setUp: { folder, environment },
    inProcess: false,
    serverMemory: async () => process?.memory(),
    openFiles: async () => process?.openFiles(),
    diskBytes: async () => (dataFolder === undefined ? undefined : diskBytes(dataFolder, ours)),
    rest: (owners) => withWeaviate(environment, (connection) => putToRest(connection, prefix, owners)),
    async remove() {
      await withWeaviate(environment, (connection) => removeCollections(connection, prefix));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
