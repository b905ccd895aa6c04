import type { SettingsDeps } from '../operations/settings.ts';
import type { Services } from './services.ts';

/** Settings, with those the environment fixes. */
export function settingsDeps({ ledger, config }: Services): SettingsDeps {
  const { uploadLimitMb } = config;
  return { ledger, locked: uploadLimitMb === undefined ? {} : { 'upload.limitMb': uploadLimitMb } };
}
