import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Environment, WORK_QUEUES } from './config/environment.ts';
import { AppError } from './core/errors.ts';

/** A model that the environment fixes. */
export interface FixedModel {
  /** Name of a known provider, a colon, name of the model. */
  readonly model: string;
  readonly url: string | undefined;
  /** Variable that holds the key. */
  readonly keyVariable: string | undefined;
}

/** An S3 bucket; keys that are left out are looked for where AWS's tools find them. */
export interface S3Bucket {
  readonly name: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
}

/** Where Weaviate is, and the key for it, if it wants one. */
export interface WeaviateServer {
  readonly url: string;
  /** Host and port. */
  readonly grpc: string;
  readonly apiKey: string | undefined;
  /** Before the names of collections. */
  readonly prefix: string;
  readonly replicas: number;
}

export interface Config {
  readonly dataFolder: string;
  /** Where the ledger is, unless in a file of the data folder. */
  readonly database: { readonly url: string; readonly poolSize: number } | undefined;
  /** Where the memory is, unless in a file of the data folder. */
  readonly weaviate: WeaviateServer | undefined;
  /** What dispatches jobs and events among processes, unless this one is alone. */
  readonly redis: { readonly url: string; readonly prefix: string } | undefined;
  /** Queues whose jobs the server runs itself. */
  readonly workQueues: readonly (typeof WORK_QUEUES)[number][];
  /** What `migrate-from-postgres` reads, if nothing else is said. */
  readonly oldDatabaseUrl: string | undefined;
  /** Prices for estimates of costs, where they are not those that come with Jiwa. */
  readonly pricesFile: string | undefined;
  /** Where the objects are, unless in a folder of the data folder. */
  readonly bucket: S3Bucket | undefined;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** Addresses of proxies that tell where a request came from. */
  readonly trustedProxies: readonly string[];
  /** Calls a minute by kind, where they differ from the defaults. */
  readonly callsPerMinute: Readonly<Record<string, number>>;
  readonly logLevel: Environment['JIWA_LOG'];
  /** Where metrics are served, if anywhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Where spans are sent, if anywhere. */
  readonly traces: { readonly url: string; readonly service: string } | undefined;
  /** Largest document in MB, if the environment fixes it. */
  readonly uploadLimitMb: number | undefined;
  readonly importBytes: number;
  readonly indexBytes: number;
  /** Indexes and the model for questions leave memory after so long without use. */
  readonly idleMs: number;
  readonly modelsFolder: string;
  readonly localModels: {
    readonly gpu: false | 'auto';
    readonly contextTokens: number;
    readonly sequences: number;
    readonly threads?: number;
  };
  readonly modelServer: string;
  /** Memory mode of personas for OpenAI clients that choose none. */
  readonly openAiMemory: Environment['JIWA_OPENAI_MEMORY'];
  readonly fixedModels: { readonly chat?: FixedModel; readonly fallback?: FixedModel };
  readonly secretsFolder: string;
  /** Seals secrets in the ledger, if it is given here. */
  readonly secretsKey: string | undefined;
  /** `host` or `host:port` of servers that may be reached at private addresses. */
  readonly privateHosts: readonly string[];
  /** A secret by the name of its environment variable; the ledger keeps only the name. */
  readonly secret: (name: string) => string | undefined;
}

const MB = 1_000_000;
const MINUTE_MS = 60_000;

function defaultDataFolder(environment: NodeJS.ProcessEnv): string {
  const base = environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
  return join(base, 'jiwa');
}

function fixedModelsOf(env: Environment): Config['fixedModels'] {
  const { JIWA_CHAT_MODEL: chat, JIWA_FALLBACK_MODEL: fallback } = env;
  return {
    ...(chat === undefined
      ? {}
      : { chat: { model: chat, url: env.JIWA_CHAT_URL, keyVariable: env.JIWA_CHAT_KEY_ENV } }),
    ...(fallback === undefined
      ? {}
      : {
          fallback: { model: fallback, url: env.JIWA_FALLBACK_URL, keyVariable: env.JIWA_FALLBACK_KEY_ENV },
        }),
  };
}

function bucketOf(env: Environment, environment: NodeJS.ProcessEnv): Config['bucket'] {
  if (env.JIWA_S3_BUCKET === undefined) return undefined;
  return {
    name: env.JIWA_S3_BUCKET,
    endpoint: env.JIWA_S3_ENDPOINT,
    region: env.JIWA_S3_REGION ?? environment['AWS_REGION'] ?? 'us-east-1',
    accessKey: env.JIWA_S3_ACCESS_KEY,
    secretKey: env.JIWA_S3_SECRET_KEY,
  };
}

function weaviateOf(env: Environment): Config['weaviate'] {
  const url = env.JIWA_WEAVIATE_URL;
  if (url === undefined) return undefined;
  return {
    url,
    grpc: env.JIWA_WEAVIATE_GRPC ?? `${new URL(url).hostname}:50051`,
    apiKey: env.JIWA_WEAVIATE_API_KEY,
    prefix: env.JIWA_WEAVIATE_PREFIX,
    replicas: env.JIWA_WEAVIATE_REPLICAS,
  };
}

function metricsOf({ JIWA_METRICS_HOST: host, JIWA_METRICS_PORT: port }: Environment) {
  return port === undefined ? undefined : { host, port };
}

function tracesOf(env: Environment): Config['traces'] {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_SERVICE_NAME: service } = env;
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  return url === undefined ? undefined : { url, service };
}

function workQueuesOf(text: string): Config['workQueues'] {
  if (text === 'all') return WORK_QUEUES;
  const named = text.split(',');
  return WORK_QUEUES.filter((name) => named.includes(name));
}

const hostNames = (list: string) => list.split(',').flatMap((name) => name.trim().toLowerCase() || []);

/**
 * Reads the environment once; an empty variable is one that is not set, as compose files leave them. `dataFolder` wins over
 * `JIWA_DATA`. Throws `invalid-input` naming each wrong variable.
 */
export function readConfig(given: NodeJS.ProcessEnv, dataFolder?: string): Config {
  const environment = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new AppError('invalid-input', `The environment is not right. ${faults.join('; ')}`);
  }
  const env = parsed.data;
  const data = resolve(dataFolder ?? env.JIWA_DATA ?? defaultDataFolder(environment));
  return {
    dataFolder: data,
    database:
      env.JIWA_DATABASE_URL === undefined
        ? undefined
        : { url: env.JIWA_DATABASE_URL, poolSize: env.JIWA_DATABASE_POOL },
    redis:
      env.JIWA_REDIS_URL === undefined
        ? undefined
        : { url: env.JIWA_REDIS_URL, prefix: env.JIWA_REDIS_PREFIX },
    weaviate: weaviateOf(env),
    workQueues: workQueuesOf(env.JIWA_WORK_QUEUES),
    oldDatabaseUrl: env.JIWA_OLD_DATABASE_URL,
    pricesFile: env.JIWA_PRICES === undefined ? undefined : resolve(env.JIWA_PRICES),
    bucket: bucketOf(env, environment),
    host: env.JIWA_HOST,
    port: env.JIWA_PORT,
    allowedHosts: hostNames(env.JIWA_ALLOWED_HOSTS),
    trustedProxies: hostNames(env.JIWA_TRUSTED_PROXY),
    callsPerMinute: Object.fromEntries(
      hostNames(env.JIWA_RATE_LIMITS)
        .map((entry) => entry.split('='))
        .map(([name = '', calls]) => [name, Number(calls)]),
    ),
    logLevel: env.JIWA_LOG,
    metrics: metricsOf(env),
    traces: tracesOf(env),
    uploadLimitMb: env.JIWA_UPLOAD_MB,
    importBytes: env.JIWA_IMPORT_MB * MB,
    indexBytes: env.JIWA_INDEX_MB * MB,
    idleMs: Math.round(env.JIWA_IDLE_MINUTES * MINUTE_MS),
    modelsFolder: env.JIWA_MODELS === undefined ? join(data, 'models') : resolve(env.JIWA_MODELS),
    localModels: {
      gpu: env.JIWA_LOCAL_GPU === 'auto' && 'auto',
      contextTokens: env.JIWA_LOCAL_CONTEXT,
      sequences: env.JIWA_LOCAL_PARALLEL,
      ...(env.JIWA_LOCAL_THREADS !== undefined && { threads: env.JIWA_LOCAL_THREADS }),
    },
    modelServer: env.JIWA_MODEL_SERVER,
    openAiMemory: env.JIWA_OPENAI_MEMORY,
    fixedModels: fixedModelsOf(env),
    secretsFolder: resolve(env.JIWA_SECRETS),
    secretsKey: env.JIWA_SECRETS_KEY,
    privateHosts: hostNames(env.JIWA_PRIVATE_HOSTS),
    secret: (name) => environment[name],
  };
}
