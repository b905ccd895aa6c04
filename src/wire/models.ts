import { z } from 'zod';

/** What a language model is asked for; the names are the roles of docs/architecture.md. */
export const ModelRole = z
  .enum(['chat', 'fallback', 'summarizer', 'translator', 'worker', 'shadow', 'twin'])
  .describe('The chat model serves every role that has none of its own, but `fallback`.');
export type ModelRole = z.infer<typeof ModelRole>;

export const ProviderKind = z.enum(['openai-compatible', 'anthropic', 'local']);
export type ProviderKind = z.infer<typeof ProviderKind>;

export const ProviderPreset = z.enum([
  'openai',
  'anthropic',
  'ollama',
  'vllm',
  'llama-server',
  'hugging-face',
  'runpod',
  'local',
  'custom',
]);
export type ProviderPreset = z.infer<typeof ProviderPreset>;

export const ProviderId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and -, at most 40')
  .refine((id) => !ModelRole.safeParse(id).success && id !== 'embedder', 'the name of a role is no provider');

/** Name of an environment variable that may hold a key: no other variable can be sent to a provider. */
export const KeyVariable = z
  .string()
  .regex(/^(JIWA_[A-Z0-9_]*KEY|[A-Z0-9_]+_API_KEY|HF_TOKEN)$/, 'expected …_API_KEY, JIWA_…KEY or HF_TOKEN')
  .max(100);

const KeyFile = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'expected the name of a file, without a path')
  .describe('Name of a file in the folder of secrets (JIWA_SECRETS).');

export const ModelId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\s]+$/u, 'expected a name without spaces');

/** A provider as it is set. */
export const ProviderBody = z.strictObject({
  preset: ProviderPreset,
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional()
    .describe('Up to and with `/v1`; the preset’s own without it.'),
  key: z
    .union([
      z.strictObject({ value: z.string().min(1).max(4000) }),
      z.strictObject({ env: KeyVariable }),
      z.strictObject({ file: KeyFile }),
      z.null(),
    ])
    .optional()
    .describe(
      'A key goes in and never comes out. Absent: the one that is kept, if the address stays; null: none.',
    ),
  contextTokens: z
    .number()
    .int()
    .min(512)
    .max(10_000_000)
    .optional()
    .describe('Prompt and answer together, where the provider does not say.'),
  model: ModelId.optional().describe(
    'A model to try before the provider is saved; without it its list is asked.',
  ),
});
export type ProviderBody = z.infer<typeof ProviderBody>;

export const ProviderView = z.object({
  id: z.string(),
  preset: ProviderPreset,
  kind: ProviderKind,
  baseUrl: z.string().optional(),
  hasKey: z.boolean(),
  keyFrom: z.enum(['sealed', 'environment', 'file']).optional(),
  contextTokens: z.number().int().optional(),
  locked: z.boolean().describe('Set by the environment; cannot be changed here.'),
});
export type ProviderView = z.infer<typeof ProviderView>;

export const ModelParameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().gt(0).max(1).optional(),
  maxOutputTokens: z.number().int().min(1).max(1_000_000).optional(),
});
export type ModelParameters = z.infer<typeof ModelParameters>;

export const RoleBody = z.strictObject({
  provider: ProviderId,
  model: ModelId,
  parameters: ModelParameters.default({}),
});
export type RoleBody = z.infer<typeof RoleBody>;

export const RoleView = z.object({
  role: ModelRole,
  provider: z.string(),
  model: z.string(),
  parameters: ModelParameters,
  locked: z.boolean().describe('Set by the environment; cannot be changed here.'),
  inherited: z.boolean().describe('Served by the chat model.'),
});
export type RoleView = z.infer<typeof RoleView>;

export const ModelTrial = z.object({
  provider: z.string(),
  model: z.string(),
  ms: z.number().int(),
  firstTokenMs: z.number().int(),
});
export type ModelTrial = z.infer<typeof ModelTrial>;

export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected YYYY-MM');

const UsageLine = z.object({
  feature: z.string(),
  role: z.string(),
  provider: z.string(),
  model: z.string(),
  promptVersion: z.string(),
  calls: z.number().int(),
  failed: z.number().int(),
  unpriced: z.number().int().describe('Calls whose cost is unknown.'),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cachedTokens: z.number().int().describe('Part of the input.'),
  costMicros: z.number().int(),
  ms: z.number().int(),
});

const Cap = z
  .number()
  .int()
  .min(0)
  .max(1_000_000_000_000)
  .nullable()
  .describe('Millionths of the currency a calendar month (UTC); null: no limit.');

const BudgetState = z.object({
  capMicros: Cap,
  spentMicros: z.number().int(),
  reservedMicros: z.number().int().describe('What calls that run now may still cost.'),
});

export const BudgetsView = z.object({
  month: Month,
  currency: z.string(),
  space: BudgetState,
  all: BudgetState.optional().describe('All spaces together; only for the hosts of the installation.'),
});
export type BudgetsView = z.infer<typeof BudgetsView>;

export const BudgetBody = z.strictObject({ capMicros: Cap });

export const UsageView = z.object({
  month: Month,
  currency: z.string(),
  lines: z.array(UsageLine).describe('The dearest first.'),
});
export type UsageView = z.infer<typeof UsageView>;

const perMillion = z.number().min(0).max(1_000_000);
export const Price = z.strictObject({
  provider: z.string().min(1).max(40).optional().describe('Only of this provider; absent: of every one.'),
  model: ModelId,
  input: perMillion.describe('For a million tokens.'),
  cached: perMillion
    .optional()
    .describe('For a million tokens read from the provider’s cache; as input without it.'),
  output: perMillion,
});
export type Price = z.infer<typeof Price>;

export const PriceList = z.strictObject({ prices: z.array(Price).max(500) });

export const PricesView = z.object({
  currency: z.string(),
  asOf: z.string().describe('When the shipped prices were written down.'),
  own: z.array(Price).describe('Set here; they win.'),
  shipped: z.array(Price),
});
export type PricesView = z.infer<typeof PricesView>;

export const Removed = z.object({ removed: z.string() });
export const TrialBody = z.union([
  z.strictObject({ role: ModelRole }),
  z.strictObject({ provider: ProviderId, model: ModelId }),
]);
export type TrialBody = z.infer<typeof TrialBody>;
