import {
  connectWeaviate,
  type WeaviateConnection,
} from '../../src/adapters/connections/weaviate-connection.ts';

/** Does something with a client of the Weaviate that the variables name. */
export async function withWeaviate<T>(
  environment: Readonly<Record<string, string>>,
  work: (connection: WeaviateConnection) => Promise<T>,
): Promise<T> {
  const { JIWA_WEAVIATE_URL: url = '', JIWA_WEAVIATE_API_KEY: apiKey } = environment;
  const grpc = environment['JIWA_WEAVIATE_GRPC'] ?? `${new URL(url).hostname}:50051`;
  const connection = await connectWeaviate({ url, grpc, ...(apiKey !== undefined && { apiKey }) });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Memory and graph have collections there. */
async function collectionsOf({ client }: WeaviateConnection, prefix: string): Promise<string[]> {
  const all = await client.collections.listAll();
  return all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
}

/** Puts owners to rest, so that their next search has to open them. */
export async function putToRest(connection: WeaviateConnection, prefix: string, owners: readonly string[]) {
  for (const name of await collectionsOf(connection, prefix)) {
    const { tenants } = connection.client.collections.use(name);
    const there = await tenants.get();
    const some = owners.filter((ownerId) => there[ownerId] !== undefined);
    if (some.length > 0) await tenants.deactivate(some);
  }
}

/** Removes the collections of a prefix with all that is in them. */
export async function removeCollections(connection: WeaviateConnection, prefix: string) {
  for (const name of await collectionsOf(connection, prefix))
    await connection.client.collections.delete(name);
}
