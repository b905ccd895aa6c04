import { z } from 'zod';
import { Id, TimeMs } from './common.ts';
import { ProviderView, RoleView } from './models.ts';

export const EmbedderView = z.object({
  id: z.string(),
  dimensions: z.number().int(),
  languages: z.union([z.array(z.string()).readonly(), z.literal('many')]),
  source: z.string().describe('`bundled`, a folder name, or the address of a remote endpoint.'),
  state: z
    .enum(['active', 'filling', 'installed'])
    .describe('`filling`: re-embedding, the active one serves.'),
  vectors: z.number().int(),
  of: z.number().int(),
});
export type EmbedderView = z.infer<typeof EmbedderView>;

/** Name of an adapter's file; checked against the files that are there. */
export const AdapterName = z.string().min(1).max(200);

export const LocalModelView = z.object({
  name: z.string().describe('As roles and `/v1` take it: `<model>`, or `<model>+<adapter>`.'),
  adapter: z.string().optional().describe('The adapter on it, or what it is where it fits no model.'),
  architecture: z.string().optional(),
  sizeBytes: z.number().int().optional().describe('Of its file; with an adapter, of the adapter’s.'),
  contextTokens: z.number().int().optional().describe('What it was trained on.'),
  fault: z.string().optional().describe('Why it cannot be used.'),
});
export type LocalModelView = z.infer<typeof LocalModelView>;

export const ModelList = z.object({
  embedders: z.array(EmbedderView),
  local: z.array(LocalModelView),
  providers: z.array(ProviderView),
  roles: z.array(RoleView),
});
export type ModelList = z.infer<typeof ModelList>;

export const UseEmbedder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bundled') }),
  z.strictObject({
    kind: z.literal('folder'),
    name: z.string().min(1).max(200).describe('Name of an installed model, as `models` lists it.'),
  }),
  z.strictObject({
    kind: z.literal('remote'),
    baseUrl: z.url().describe('OpenAI-compatible, for example http://127.0.0.1:11434/v1'),
    model: z.string().min(1).max(200),
    dimensions: z.number().int().min(8).max(8192),
    maxTokens: z.number().int().min(16).max(131072).default(512),
    apiKeyEnv: z
      .string()
      .regex(/^(JIWA_[A-Z0-9_]+|[A-Z0-9_]+_API_KEY)$/, 'expected JIWA_… or …_API_KEY')
      .max(100)
      .optional()
      .describe('Name of the environment variable that holds the key; the key itself is never stored.'),
  }),
]);
export type UseEmbedder = z.infer<typeof UseEmbedder>;

export const PullModel = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*\/[\w.-]+$/, 'expected `owner/name` as on Hugging Face')
    .max(200),
  revision: z
    .string()
    .regex(/^[\w.-]+$/)
    .max(100)
    .default('main'),
  kind: z
    .enum(['encoder', 'language-model'])
    .optional()
    .describe('Absent: a language model (GGUF) where the repository has no sentence encoder (ONNX).'),
  file: z
    .string()
    .regex(/^[^\p{Cc}\\]+$/u)
    .max(300)
    .optional()
    .describe('A GGUF file of the repository, or a quantisation; Q4_K_M, else Q8_0 without it.'),
});
export type PullModel = z.infer<typeof PullModel>;

export const JobStarted = z.object({ jobId: Id });
export type JobStarted = z.infer<typeof JobStarted>;

export const SettingView = z.object({
  key: z.string(),
  value: z.unknown(),
  locked: z.boolean().describe('Set by the environment; cannot be changed here.'),
  description: z.string(),
});
export type SettingView = z.infer<typeof SettingView>;
export const SettingValue = z.strictObject({ value: z.unknown() });

export const StatusView = z.object({
  version: z.string(),
  startedAt: TimeMs,
  dataFolder: z.string(),
  documents: z.record(z.string(), z.number().int()).describe('Counts by status.'),
  sessions: z.number().int(),
  messages: z.number().int(),
  chunks: z.number().int(),
  vectors: z.object({ done: z.number().int(), of: z.number().int(), model: z.string() }),
  jobs: z.record(z.string(), z.number().int()).describe('Counts by status.'),
  memoryMb: z.number(),
});
export type StatusView = z.infer<typeof StatusView>;

export const ReadyView = z.object({
  ready: z.boolean(),
  parts: z.record(
    z.string(),
    z.object({
      state: z
        .enum(['ok', 'degraded', 'down'])
        .describe('`degraded`: Jiwa serves, but not all it can; `down`: it cannot serve.'),
      note: z.string().optional().describe('What is wrong, and what still works.'),
    }),
  ),
});
export type ReadyView = z.infer<typeof ReadyView>;

export const DoctorReport = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      found: z.string(),
      advice: z.string().optional(),
    }),
  ),
});
export type DoctorReport = z.infer<typeof DoctorReport>;
