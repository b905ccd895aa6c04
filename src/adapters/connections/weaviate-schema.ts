import weaviate, { type WeaviateClient } from 'weaviate-client';
import { AppError } from '../../core/errors.ts';
import { isThereAlready, weaviateError } from './weaviate-errors.ts';
import type { Property } from './weaviate-properties.ts';

/** How the collections of a store are made. */
export interface CollectionOptions {
  /** Before the names of all collections, so that several Jiwas can share a Weaviate. */
  readonly prefix: string;
  /** Copies of each tenant; cannot be changed later. */
  readonly replicas: number;
}

/** Changes a collection from the version before; index 0 leads from version 1 to 2. Never change one, add one. */
type Migration = (client: WeaviateClient, collection: string, name: string) => Promise<void>;

/** The collections of one store: a tenant for each owner, named vectors only. */
export interface Schema {
  /** What the collections hold, for their descriptions and for errors, such as `memory`. */
  readonly of: string;
  readonly properties: Readonly<Record<string, readonly Property[]>>;
  readonly migrations: readonly Migration[];
  /** Constants of BM25, where words are searched. */
  readonly bm25?: { readonly k1: number; readonly b: number };
}

const beginning = (of: string) => `${of.charAt(0).toUpperCase()}${of.slice(1)} of Jiwa, schema`;
const described = (of: string, version: number) => `${beginning(of)} ${version}`;

/** The version a collection was made or migrated to, as its description says. */
function versionOf(description: string | undefined, of: string, collection: string): number {
  const says = beginning(of);
  const version = Number(description?.startsWith(says) ? description.slice(says.length) : Number.NaN);
  if (Number.isInteger(version)) return version;
  throw new AppError(
    'conflict',
    `Weaviate has a collection ${collection} that is not Jiwa's; set JIWA_WEAVIATE_PREFIX.`,
  );
}

/** A collection must have a named vector before it can get more; this one stays empty. */
function firstVector() {
  const { flat, quantizer } = weaviate.configure.vectorIndex;
  return weaviate.configure.vectors.selfProvided({
    name: 'unused',
    vectorIndexConfig: flat({ distanceMetric: 'cosine', quantizer: quantizer.none() }),
  });
}

/** What is asked for in one collection of a store. */
interface Wanted extends CollectionOptions {
  readonly client: WeaviateClient;
  readonly schema: Schema;
  readonly name: string;
}

const collectionOf = ({ client, prefix, name }: Wanted) => client.collections.use(`${prefix}${name}`);
const versionsOf = ({ migrations }: Pick<Schema, 'migrations'>) => migrations.length + 1;

async function create(wanted: Wanted): Promise<void> {
  const { client, schema, replicas, name } = wanted;
  const { of, properties, bm25 } = schema;
  const { configure } = weaviate;
  await client.collections.create({
    name: collectionOf(wanted).name,
    description: described(of, versionsOf(schema)),
    multiTenancy: configure.multiTenancy({
      enabled: true,
      autoTenantCreation: true,
      autoTenantActivation: true,
    }),
    replication: configure.replication({
      factor: replicas,
      asyncEnabled: replicas > 1,
      deletionStrategy: 'TimeBasedResolution',
    }),
    invertedIndex: configure.invertedIndex({
      ...(bm25 && { bm25k1: bm25.k1, bm25b: bm25.b }),
      stopwordsPreset: 'none',
    }),
    properties: [...(properties[name] ?? [])],
    vectorizers: [firstVector()],
  });
}

async function migrate(wanted: Wanted, from: number): Promise<void> {
  const { client, schema, name } = wanted;
  const collection = collectionOf(wanted);
  for (const [index, migration] of schema.migrations.entries()) {
    if (index + 1 < from) continue;
    await migration(client, collection.name, name);
    await collection.config.update({ description: described(schema.of, index + 2) });
  }
}

async function ensure(wanted: Wanted): Promise<void> {
  const { client, schema, replicas } = wanted;
  const collection = collectionOf(wanted);
  if (!(await client.collections.exists(collection.name))) {
    // Two processes may start at once: who comes second finds what the first made.
    await create(wanted).catch((error: unknown) => {
      if (!isThereAlready(error)) throw error;
    });
  }
  const config = await collection.config.get();
  const version = versionOf(config.description, schema.of, collection.name);
  const known = versionsOf(schema);
  if (version > known) {
    throw new AppError(
      'unsupported',
      `The ${schema.of} in Weaviate has schema ${version}, newer than this Jiwa knows (${known}).`,
    );
  }
  await migrate(wanted, version);
  const { factor } = config.replication;
  if (factor !== replicas) {
    throw new AppError(
      'conflict',
      `${collection.name} has ${factor} replicas, which cannot be changed; JIWA_WEAVIATE_REPLICAS says ${replicas}.`,
    );
  }
  const { bm25 } = schema;
  const { k1, b } = config.invertedIndex.bm25;
  if (bm25 && (k1 !== bm25.k1 || b !== bm25.b)) {
    await collection.config.update({
      invertedIndex: weaviate.reconfigure.invertedIndex({ bm25k1: bm25.k1, bm25b: bm25.b }),
    });
  }
}

/**
 * Makes the collections that are missing and brings older ones to this version. Throws `unsupported` for a newer
 * schema, `conflict` for a collection of somebody else or another number of replicas, and what `weaviateError` gives.
 */
export async function ensureCollections(
  client: WeaviateClient,
  schema: Schema,
  { prefix, replicas }: CollectionOptions,
): Promise<void> {
  try {
    for (const name of Object.keys(schema.properties))
      await ensure({ client, schema, prefix, replicas, name });
  } catch (error) {
    throw weaviateError(error, new AbortController().signal);
  }
}
