import { ApiKey, type WeaviateClient, connectToCustom, weaviateV2 } from 'weaviate-client';
import { AppError } from '../../core/errors.ts';
import { weaviateError } from './weaviate-errors.ts';

export interface WeaviateOptions {
  /** Where its REST API answers, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Host and port of its gRPC API, encrypted as the REST API is. */
  readonly grpc: string;
  readonly apiKey?: string;
}

/** The clients of one Weaviate. */
export interface WeaviateConnection {
  readonly client: WeaviateClient;
  /**
   * The older interface of the same package, for batches and for reads by id: `insertMany` of the newer one waits in
   * steps of half a second, and its reads by id are searches, which mend no replica.
   */
  readonly rest: ReturnType<typeof weaviateV2.client>;
  close(): Promise<void>;
}

/** In seconds. A search that takes longer is of no use to whoever waits for it. */
const TIMEOUT = { init: 10, query: 10, insert: 60 } as const;
/**
 * In seconds. A batch takes one or two; one that was begun when the leader of a cluster was lost hangs for a minute, while
 * those that come after it are served.
 */
const BATCH_TIMEOUT = 20;

/** Opens the way to Weaviate and looks that it answers. Throws `invalid-input` and what `weaviateError` gives. */
export async function connectWeaviate(options: WeaviateOptions): Promise<WeaviateConnection> {
  const url = new URL(options.url);
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  const [grpcHost, grpcPort] = hostAndPort(options.grpc);
  const key = options.apiKey === undefined ? {} : { apiKey: new ApiKey(options.apiKey) };
  try {
    const client = await connectToCustom({
      httpHost: url.hostname,
      httpPort: port,
      httpSecure: secure,
      grpcHost,
      grpcPort,
      grpcSecure: secure,
      timeout: TIMEOUT,
      ...(options.apiKey === undefined ? {} : { authCredentials: new ApiKey(options.apiKey) }),
    });
    const rest = weaviateV2.client({
      scheme: secure ? 'https' : 'http',
      host: `${url.hostname}:${port}`,
      timeout: { ...TIMEOUT, insert: BATCH_TIMEOUT },
      ...key,
    });
    return { client, rest, close: () => client.close() };
  } catch (error) {
    throw weaviateError(error, new AbortController().signal);
  }
}

function hostAndPort(address: string): [string, number] {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon > 0 && Number.isInteger(port)) return [address.slice(0, colon), port];
  throw new AppError('invalid-input', `Expected host:port for the gRPC API of Weaviate, got "${address}".`);
}
