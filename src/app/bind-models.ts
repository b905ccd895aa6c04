import { join } from 'node:path';
import { localModels, type LocalModels } from '../adapters/language-model/llama/local-models.ts';
import { fileKeySealer } from '../adapters/sealer/file-key-sealer.ts';
import type { Config } from '../config.ts';
import type { Log } from '../core/context.ts';
import type { Timers } from '../core/timers.ts';
import type { FixedModels } from '../operations/models/model-settings.ts';
import type { Secrets } from '../operations/models/provider-key.ts';
import type { Ledger } from '../ports/ledger.ts';
import { fixedModels } from './fixed-models.ts';
import { openDriver } from './model-drivers.ts';
import { type Models, openModels } from './models.ts';
import { readSecretFile } from './secret-files.ts';

/** The language models with what their settings need. */
export interface BoundModels extends Models {
  readonly fixed: FixedModels;
  readonly secrets: Secrets;
  readonly local: LocalModels;
}

interface Parts {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly dataFolder: string;
  readonly timers: Timers;
  readonly now: () => number;
  readonly newId: () => string;
  readonly log: Log;
}

/** Binds the language models to settings, secrets and drivers. */
export function bindModels({ config, dataFolder, ...parts }: Parts): BoundModels {
  const fixed = fixedModels(config);
  const secrets: Secrets = {
    sealer: fileKeySealer({ keyFile: join(dataFolder, 'secrets.key'), key: config.secretsKey }),
    variable: config.secret,
    file: (name) => readSecretFile(config.secretsFolder, name),
  };
  const { modelsFolder, idleMs } = config;
  const adaptersFolder = join(dataFolder, 'adapters');
  const local = localModels({ ...config.localModels, modelsFolder, adaptersFolder, idleMs });
  const models = openModels({
    ...parts,
    fixed,
    secrets,
    random: Math.random,
    idleMs,
    openDriver: (driver) => openDriver(driver, { config, local }),
  });
  const close = async () => {
    await models.close();
    await local.close();
  };
  return { ...models, fixed, secrets, local, close };
}
