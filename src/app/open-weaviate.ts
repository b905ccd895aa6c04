import type { WeaviateConnection } from '../adapters/connections/weaviate-connection.ts';
import type { Config } from '../config.ts';
import type { Closing } from './closing.ts';

/** A Weaviate that is at hand, and how our collections are made in it. */
export interface OpenedWeaviate {
  readonly connection: WeaviateConnection;
  readonly prefix: string;
  readonly replicas: number;
}

/** The Weaviate that the configuration names, for memory and graph; `undefined` where it names none. */
export async function openWeaviate(
  config: Pick<Config, 'weaviate'>,
  closing: Closing,
): Promise<OpenedWeaviate | undefined> {
  const { weaviate } = config;
  if (weaviate === undefined) return undefined;
  const { url, grpc, apiKey, prefix, replicas } = weaviate;
  // Its client takes memory and time to load, which a start without it must not pay.
  const { connectWeaviate } = await import('../adapters/connections/weaviate-connection.ts');
  const connection = closing.add(
    await connectWeaviate({ url, grpc, ...(apiKey !== undefined && { apiKey }) }),
  );
  return { connection, prefix, replicas };
}
