import type { Ctx } from '../../core/context.ts';
import type { ProviderView, RoleView } from '../../wire/models.ts';
import {
  type FixedModels,
  type ModelSettingsDeps,
  ROLES,
  readModelSettings,
  servedBy,
} from './model-settings.ts';
import { presetOf } from './presets.ts';
import { type ProviderSettings, type StoredKey, baseUrlOf } from './provider-settings.ts';

function keyFrom(key: StoredKey): NonNullable<ProviderView['keyFrom']> {
  if ('sealed' in key) return 'sealed';
  return 'env' in key ? 'environment' : 'file';
}

/** A provider as it may be seen: whether it has a key, never the key or a part of it. */
export function providerView(settings: ProviderSettings, fixed: FixedModels): ProviderView {
  const { id, preset, key, contextTokens } = settings;
  const baseUrl = baseUrlOf(settings);
  return {
    id,
    preset,
    kind: presetOf(preset).kind,
    hasKey: key !== undefined,
    locked: fixed.providers.some((provider) => provider.id === id),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(key === undefined ? {} : { keyFrom: keyFrom(key) }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

/** The providers of a space, and which model serves each role. */
export async function listLanguageModels(
  deps: ModelSettingsDeps,
  { ownerId }: Ctx,
): Promise<{ providers: ProviderView[]; roles: RoleView[] }> {
  const settings = await readModelSettings(deps, ownerId);
  return {
    providers: [...settings.providers.values()].map((provider) => providerView(provider, deps.fixed)),
    roles: ROLES.flatMap((role) => {
      const body = servedBy(settings, role);
      if (body === undefined) return [];
      const from = settings.roles.has(role) ? role : 'chat';
      return [{ role, ...body, locked: deps.fixed.roles[from] !== undefined, inherited: from !== role }];
    }),
  };
}
