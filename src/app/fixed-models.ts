import type { Config, FixedModel } from '../config.ts';
import { AppError } from '../core/errors.ts';
import type { FixedModels } from '../operations/models/model-settings.ts';
import { presetOf } from '../operations/models/presets.ts';
import { type ProviderSettings, baseUrlOf } from '../operations/models/provider-settings.ts';
import { KeyVariable, ModelId, ProviderPreset, type RoleBody } from '../wire/models.ts';

function checked<T>(variable: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const known = ProviderPreset.options.join(', ');
    const message = `${variable}: expected provider:model with one of ${known}, and an address where it has no usual one.`;
    throw new AppError('invalid-input', message, { cause });
  }
}

function fix(role: 'chat' | 'fallback', { model: text, url, keyVariable }: FixedModel) {
  const at = text.indexOf(':');
  const preset = ProviderPreset.parse(text.slice(0, at));
  const variable = keyVariable ?? presetOf(preset).keyVariable;
  const provider: ProviderSettings = {
    id: `env-${role}`,
    preset,
    ...(url === undefined ? {} : { baseUrl: url }),
    ...(variable === undefined ? {} : { key: { env: KeyVariable.parse(variable) } }),
  };
  baseUrlOf(provider);
  const body: RoleBody = { provider: provider.id, model: ModelId.parse(text.slice(at + 1)), parameters: {} };
  return { provider, body };
}

/** The models that the environment fixes. Throws `invalid-input` naming the variable that is not right. */
export function fixedModels({ fixedModels: { chat, fallback } }: Pick<Config, 'fixedModels'>): FixedModels {
  const first = chat && checked('JIWA_CHAT_MODEL', () => fix('chat', chat));
  const second = fallback && checked('JIWA_FALLBACK_MODEL', () => fix('fallback', fallback));
  return {
    providers: [first, second].flatMap((fixed) => fixed?.provider ?? []),
    roles: {
      ...(first === undefined ? {} : { chat: first.body }),
      ...(second === undefined ? {} : { fallback: second.body }),
    },
  };
}
