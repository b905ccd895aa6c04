import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './core/errors.ts';

const megabytes = (fallback: number, help: string) =>
  z.coerce.number().int().min(1).max(1_000_000).default(fallback).describe(help);

/** Every environment variable Jiwa reads: the one place, with its help text. */
const Environment = z.object({
  JIWA_DATA: z.string().min(1).optional().describe('Folder that holds everything Jiwa remembers.'),
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
  JIWA_MODEL_SERVER: z
    .url()
    .default('https://huggingface.co')
    .describe('Where `jiwa models pull` downloads from.'),
});

export interface Config {
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly logLevel: z.infer<typeof Environment>['JIWA_LOG'];
  /** Largest document in MB, if the environment fixes it. */
  readonly uploadLimitMb: number | undefined;
  readonly importBytes: number;
  readonly indexBytes: number;
  /** Indexes and the model for questions leave memory after so long without use. */
  readonly idleMs: number;
  readonly modelsFolder: string;
  readonly modelServer: string;
  /** A secret by the name of its environment variable; the ledger keeps only the name. */
  readonly secret: (name: string) => string | undefined;
}

const MB = 1_000_000;
const MINUTE_MS = 60_000;

function defaultDataFolder(environment: NodeJS.ProcessEnv): string {
  const base = environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
  return join(base, 'jiwa');
}

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
    host: env.JIWA_HOST,
    port: env.JIWA_PORT,
    allowedHosts: env.JIWA_ALLOWED_HOSTS.split(',').flatMap((name) => name.trim().toLowerCase() || []),
    logLevel: env.JIWA_LOG,
    uploadLimitMb: env.JIWA_UPLOAD_MB,
    importBytes: env.JIWA_IMPORT_MB * MB,
    indexBytes: env.JIWA_INDEX_MB * MB,
    idleMs: Math.round(env.JIWA_IDLE_MINUTES * MINUTE_MS),
    modelsFolder: env.JIWA_MODELS === undefined ? join(data, 'models') : resolve(env.JIWA_MODELS),
    modelServer: env.JIWA_MODEL_SERVER,
    secret: (name) => environment[name] || undefined,
  };
}

/** The variables with their values, for `jiwa config`. */
export function describeEnvironment(environment: NodeJS.ProcessEnv) {
  return Object.entries(Environment.shape).map(([name, schema]) => ({
    name,
    value: environment[name] ?? String(schema.safeParse(undefined).data ?? ''),
    from: environment[name] === undefined ? ('default' as const) : ('environment' as const),
    help: schema.description ?? '',
  }));
}
