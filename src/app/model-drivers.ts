import type { LocalModels } from '../adapters/language-model/llama/local-models.ts';
import { listProviderModels } from '../adapters/language-model/list-provider-models.ts';
import type { Config } from '../config.ts';
import { AppError, unreachable } from '../core/errors.ts';
import { presetOf } from '../operations/models/presets.ts';
import type { LanguageModel } from '../ports/language-model.ts';
import type { DriverSettings } from './models.ts';

const noAddress = () => new AppError('invalid-input', 'A provider needs its address.');

/** A driver serves every role: those who call it hold it to the limits of theirs, which are narrower. */
const LIMITS = { firstTokenMs: 200_000, nextTokenMs: 70_000 };

function remote({ settings, model, baseUrl, apiKey }: DriverSettings, { privateHosts }: Config) {
  if (baseUrl === undefined) throw noAddress();
  const name = { provider: settings.id, model };
  return { ...LIMITS, name, baseUrl, apiKey, privateHosts, contextTokens: settings.contextTokens };
}

/** What drivers are opened from. */
interface Sources {
  readonly config: Config;
  readonly local: LocalModels;
}

/**
 * Opens the driver of a model: the one place that knows which kind of provider has which driver. What speaks to providers
 * takes a third of a second to load, and is not loaded before somebody has one.
 */
export async function openDriver(driver: DriverSettings, { config, local }: Sources): Promise<LanguageModel> {
  const { kind, structuredOutput } = presetOf(driver.settings.preset);
  switch (kind) {
    case 'openai-compatible': {
      const { openAiCompatibleModel } = await import('../adapters/language-model/openai-compatible-model.ts');
      return openAiCompatibleModel({ ...remote(driver, config), structuredOutput });
    }
    case 'anthropic': {
      const { anthropicModel } = await import('../adapters/language-model/anthropic-model.ts');
      return anthropicModel(remote(driver, config));
    }
    case 'local':
      return local.open({ provider: driver.settings.id, model: driver.model });
    default:
      return unreachable(kind);
  }
}

/** What the models of this machine can be called, alone and with adapters. */
export async function localModelNames(local: LocalModels): Promise<string[]> {
  return (await local.list()).flatMap((one) => (one.kind === 'ready' ? one.name : []));
}

/** The models a provider has, as it tells them now. */
export async function modelsOf(
  { settings, baseUrl, apiKey }: Omit<DriverSettings, 'model'>,
  { config, local }: Sources,
  signal: AbortSignal,
): Promise<string[]> {
  const { kind } = presetOf(settings.preset);
  if (kind === 'local') return localModelNames(local);
  if (baseUrl === undefined) throw noAddress();
  return listProviderModels({ baseUrl, apiKey, kind, privateHosts: config.privateHosts }, signal);
}
