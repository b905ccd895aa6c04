import { z } from 'zod';

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

/** The queues a server can work on. */
export const WORK_QUEUES = ['ingestion', 'vectors', 'training', 'nightly', 'light'] as const;

/** Every environment variable Jiwa reads: the one place, with its help text. */
export const Environment = z.object({
  JIWA_DATA: z.string().min(1).optional().describe('Folder that holds everything Jiwa remembers.'),
  JIWA_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'expected postgres://user:password@host:port/database')
    .optional()
    .describe('PostgreSQL database for the ledger; a file in the data folder by default.'),
  JIWA_OLD_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'expected postgres://user:password@host:port/database')
    .optional()
    .describe('Address of the database that `jiwa migrate-from-postgres` reads.'),
  JIWA_PRICES: z
    .string()
    .min(1)
    .optional()
    .describe('File of prices for `jiwa costs estimate`; those that come with Jiwa by default.'),
  JIWA_DATABASE_POOL: z.coerce
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(10)
    .describe('Most connections of this process to that database.'),
  JIWA_REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, 'expected redis://user:password@host:port or rediss://…')
    .optional()
    .describe(
      'Redis for the job queue and live events of several processes; within this process by default.',
    ),
  JIWA_REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'expected letters, digits, dots, dashes')
    .default('jiwa')
    .describe('First part of all keys there, for installations that share a Redis.'),
  JIWA_WORK_QUEUES: z
    .string()
    .regex(
      new RegExp(`^(all|none|(${WORK_QUEUES.join('|')})(,(${WORK_QUEUES.join('|')}))*)$`),
      `expected all, none, or some of ${WORK_QUEUES.join(',')}`,
    )
    .default('all')
    .describe('Queues whose jobs the server runs itself; `none` leaves all to `jiwa worker`.'),
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
  JIWA_WEAVIATE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Weaviate for the memory, such as http://127.0.0.1:8080; a file in the data folder by default.',
    ),
  JIWA_WEAVIATE_GRPC: z
    .string()
    .regex(/^[^\s:/]+:\d+$/, 'expected host:port')
    .optional()
    .describe('Host and port of its gRPC interface; port 50051 of the same host by default.'),
  JIWA_WEAVIATE_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('Key for it; a file of this name in JIWA_SECRETS or none by default.'),
  JIWA_WEAVIATE_PREFIX: z
    .string()
    .regex(/^([A-Z][A-Za-z0-9]{0,31})?$/, 'expected a capital, then letters and digits')
    .default('')
    .describe('Before the names of its collections, for installations that share a Weaviate.'),
  JIWA_WEAVIATE_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(9)
    .default(1)
    .describe('Copies of the memory in a cluster, usually 3; fixed when the collections are made.'),
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
  JIWA_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('Port for /metrics (Prometheus), /livez and /readyz, without a token; none by default.'),
  JIWA_METRICS_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on for that port.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'OpenTelemetry collector (OTLP over HTTP) for traces, such as http://127.0.0.1:4318; none by default.',
    ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Whole address for traces, where it is not /v1/traces of that collector.'),
  OTEL_SERVICE_NAME: z.string().min(1).default('jiwa').describe('Name of this process in traces.'),
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
    .describe(
      'Folder of files: variables of this list by their names, and keys of providers that settings name.',
    ),
  JIWA_SECRETS_KEY: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Key that seals the keys of providers, 32 bytes in base64: the same for all processes that share a database; ' +
        'a file of this name in JIWA_SECRETS, else secrets.key in the data folder, by default.',
    ),
  JIWA_PRIVATE_HOSTS: z
    .string()
    .default('')
    .describe(
      'Names of model servers that may lie in a private network, as host or host:port, comma-separated.',
    ),
});

export type Environment = z.infer<typeof Environment>;
