import type { ProviderKind, ProviderPreset } from '../../wire/models.ts';

interface Preset {
  readonly kind: ProviderKind;
  /** Absent where everybody has an address of their own. */
  readonly baseUrl?: string;
  /** Variable that by custom holds the key. */
  readonly keyVariable?: string;
  /** Whether every model behind it can be held to a JSON schema; so unless it says no. */
  readonly structuredOutput?: false;
}

/** Providers people know by name, so that an address need not be looked up. */
const PRESETS = {
  openai: { kind: 'openai-compatible', baseUrl: 'https://api.openai.com/v1', keyVariable: 'OPENAI_API_KEY' },
  anthropic: { kind: 'anthropic', baseUrl: 'https://api.anthropic.com/v1', keyVariable: 'ANTHROPIC_API_KEY' },
  ollama: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' },
  vllm: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1' },
  'llama-server': { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8080/v1' },
  'hugging-face': {
    kind: 'openai-compatible',
    baseUrl: 'https://router.huggingface.co/v1',
    keyVariable: 'HF_TOKEN',
    structuredOutput: false,
  },
  runpod: { kind: 'openai-compatible', keyVariable: 'RUNPOD_API_KEY' },
  local: { kind: 'local' },
  custom: { kind: 'openai-compatible' },
} as const satisfies Record<ProviderPreset, Preset>;

/** What a preset says. */
export function presetOf(name: ProviderPreset): Preset {
  return PRESETS[name];
}
