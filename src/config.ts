import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './core/errors.ts';

const megabytes = (fallback: number, help: string) =>
  z.coerce.number().int().min(1).max(1_000_000).default(fallback).describe(help);

const fixedModel = (role: string, example: string) =>
  z
    .string()
    .regex(/^[a-z-]+:\S+$/, `expected provider:model, such as ${example}`)
    .optional()
    .describe(`Fixes the model of the role \`${role}\`, such as \`${example}\`.`);

const keyVariable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of a variable')
  .optional()
  .describe('Name of the variable that holds its key, where it is not the usual one.');

/** Every environment variable Jiwa reads: the one place, with its help text. */
const Environment = z.object({
  JIWA_DATA: z.string().min(1).optional().describe('Folder that holds everything Jiwa remembers.'),
  JIWA_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'expected postgres://user:password@host:port/database')
    .optional()
    .describe('PostgreSQL database for the ledger; a file in the data folder by default.'),
  JIWA_DATABASE_POOL: z.coerce
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(10)
    .describe('Most connections of this process to that database.'),
  JIWA_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket')
    .optional()
    .describe('S3 bucket for the objects; a folder in the data folder by default.'),
  JIWA_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of the S3 server; that of AWS by default.'),
  JIWA_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'expected the name of a region')
    .optional()
    .describe('Region of the bucket; AWS_REGION or us-east-1 by default.'),
  JIWA_S3_ACCESS_KEY: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Access key of the bucket; a file of this name in JIWA_SECRETS or what AWS tools find by default.',
    ),
  JIWA_S3_SECRET_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('Its secret key; a file of this name in JIWA_SECRETS by default.'),
  JIWA_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on. Anything but loopback lets other machines reach Jiwa.'),
  JIWA_PORT: z.coerce.number().int().min(0).max(65_535).default(7411).describe('Port to listen on.'),
  JIWA_ALLOWED_HOSTS: z
    .string()
    .default('')
    .describe('More names that requests may use in their Host header, comma-separated.'),
  JIWA_TRUSTED_PROXY: z
    .string()
    .default('')
    .describe('Addresses or networks of reverse proxies whose X-Forwarded-* headers are believed.'),
  JIWA_RATE_LIMITS: z
    .string()
    .regex(
      /^((login|failure|chat|upload|request)=[1-9]\d{0,8}(,|$))*$/,
      'expected for example chat=60,upload=500',
    )
    .default('')
    .describe('Other calls a minute than login=5,failure=30,chat=30,upload=60,request=600.'),
  JIWA_LOG: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('How much is logged.'),
  JIWA_UPLOAD_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Largest document, in MB; fixes the setting `upload.limitMb`.'),
  JIWA_IMPORT_MB: megabytes(1_000, 'Largest chat history, in MB; a zip is held in memory while it is read.'),
  JIWA_INDEX_MB: megabytes(512, 'Memory for the search indexes of all owners, in MB.'),
  JIWA_IDLE_MINUTES: z.coerce
    .number()
    .min(0.01)
    .max(10_000)
    .default(10)
    .describe('Search indexes and the model for questions leave memory after so long without use.'),
  JIWA_MODELS: z
    .string()
    .min(1)
    .optional()
    .describe('Folder for pulled models; `models` in the data folder by default.'),
  JIWA_LOCAL_GPU: z
    .enum(['off', 'auto'])
    .default('off')
    .describe('Whether local models use a graphics card; `auto` needs the packages for CUDA or Vulkan.'),
  JIWA_LOCAL_CONTEXT: z.coerce
    .number()
    .int()
    .min(512)
    .max(1_000_000)
    .default(8_192)
    .describe('Tokens of a prompt with its answer that local models take; more need more memory.'),
  JIWA_LOCAL_THREADS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_024)
    .optional()
    .describe('Threads of a local model; one less than there are cores by default.'),
  JIWA_LOCAL_PARALLEL: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('Answers that a local model writes at the same time; each needs memory for its context.'),
  JIWA_OPENAI_MEMORY: z
    .enum(['off', 'session', 'all', 'read-only'])
    .default('all')
    .describe('What OpenAI clients that ask for `jiwa` use and add to memory, unless they say otherwise.'),
  JIWA_MODEL_SERVER: z
    .url()
    .default('https://huggingface.co')
    .describe('Where `jiwa models pull` downloads from.'),
  JIWA_CHAT_MODEL: fixedModel('chat', 'ollama:llama3.2'),
  JIWA_CHAT_URL: z.url().optional().describe('Address of that provider, where it is not the usual one.'),
  JIWA_CHAT_KEY_ENV: keyVariable,
  JIWA_FALLBACK_MODEL: fixedModel('fallback', 'openai:gpt-5-mini'),
  JIWA_FALLBACK_URL: z.url().optional().describe('Address of that provider, where it is not the usual one.'),
  JIWA_FALLBACK_KEY_ENV: keyVariable,
  JIWA_SECRETS: z
    .string()
    .min(1)
    .default('/run/secrets')
    .describe('Folder of files that hold keys of providers; settings name only the file.'),
  JIWA_PRIVATE_HOSTS: z
    .string()
    .default('')
    .describe(
      'Names of model servers that may lie in a private network, as host or host:port, comma-separated.',
    ),
});

/** A model that the environment fixes. */
export interface FixedModel {
  /** Name of a known provider, a colon, name of the model. */
  readonly model: string;
  readonly url: string | undefined;
  /** Variable that holds the key. */
  readonly keyVariable: string | undefined;
}

/** An S3 bucket; keys that are left out are looked for in files and where AWS's tools find them. */
export interface S3Bucket {
  readonly name: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
}

export interface Config {
  readonly dataFolder: string;
  /** Where the ledger is, unless in a file of the data folder. */
  readonly database: { readonly url: string; readonly poolSize: number } | undefined;
  /** Where the objects are, unless in a folder of the data folder. */
  readonly bucket: S3Bucket | undefined;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** Addresses of proxies that tell where a request came from. */
  readonly trustedProxies: readonly string[];
  /** Calls a minute by kind, where they differ from the defaults. */
  readonly callsPerMinute: Readonly<Record<string, number>>;
  readonly logLevel: z.infer<typeof Environment>['JIWA_LOG'];
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
  readonly openAiMemory: z.infer<typeof Environment>['JIWA_OPENAI_MEMORY'];
  readonly fixedModels: { readonly chat?: FixedModel; readonly fallback?: FixedModel };
  readonly secretsFolder: string;
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

function fixedModelsOf(env: z.infer<typeof Environment>): Config['fixedModels'] {
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

function bucketOf(env: z.infer<typeof Environment>, environment: NodeJS.ProcessEnv): Config['bucket'] {
  if (env.JIWA_S3_BUCKET === undefined) return undefined;
  return {
    name: env.JIWA_S3_BUCKET,
    endpoint: env.JIWA_S3_ENDPOINT,
    region: env.JIWA_S3_REGION ?? (environment['AWS_REGION'] || 'us-east-1'),
    accessKey: env.JIWA_S3_ACCESS_KEY,
    secretKey: env.JIWA_S3_SECRET_KEY,
  };
}

const hostNames = (list: string) => list.split(',').flatMap((name) => name.trim().toLowerCase() || []);

/** Reads the environment once. `dataFolder` wins over `JIWA_DATA`. Throws `invalid-input` naming each wrong variable. */
export function readConfig(environment: NodeJS.ProcessEnv, dataFolder?: string): Config {
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
    privateHosts: hostNames(env.JIWA_PRIVATE_HOSTS),
    secret: (name) => environment[name] || undefined,
  };
}

const SECRETS: ReadonlySet<string> = new Set(['JIWA_S3_SECRET_KEY']);

/** A value without what is secret in it: the password of an address. */
const shown = (name: string, value: string) =>
  SECRETS.has(name) && value !== '' ? '***' : value.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:***@');

/** The variables with their values, for `jiwa config`; keys, and passwords in addresses, are left out. */
export function describeEnvironment(environment: NodeJS.ProcessEnv) {
  return Object.entries(Environment.shape).map(([name, schema]) => ({
    name,
    value: shown(name, environment[name] ?? '') || String(schema.safeParse(undefined).data ?? ''),
    from: environment[name] === undefined ? ('default' as const) : ('environment' as const),
    help: schema.description ?? '',
  }));
}
