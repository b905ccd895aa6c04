import { join } from 'node:path';
import { bundledModelFolder } from '../adapters/embedder/bundled-model.ts';
import { onnxEmbedder } from '../adapters/embedder/onnx-embedder.ts';
import { remoteEmbedder } from '../adapters/embedder/remote-embedder.ts';
import type { Config } from '../config.ts';
import { AppError, unreachable } from '../core/errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { UseEmbedder } from '../wire/system.ts';

type RemoteChoice = Extract<UseEmbedder, { kind: 'remote' }>;

function remoteKey(choice: RemoteChoice, config: Config): string | undefined {
  if (choice.apiKeyEnv === undefined) return undefined;
  const key = config.secret(choice.apiKeyEnv);
  if (key !== undefined) return key;
  throw new AppError(
    'invalid-input',
    `The environment variable ${choice.apiKeyEnv} is not set; it should hold the key.`,
  );
}

/** Opens the embedder that was chosen. Errors: those of its driver, `invalid-input` when its key is not set. */
export async function openEmbedder(choice: UseEmbedder, config: Config): Promise<Embedder> {
  switch (choice.kind) {
    case 'bundled':
      return onnxEmbedder({ folder: bundledModelFolder(), queryIdleMs: config.idleMs });
    case 'folder': {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(choice.name)) {
        throw new AppError(
          'invalid-input',
          'Expected the name of an installed model, as `jiwa models` lists it.',
        );
      }
      return onnxEmbedder({ folder: join(config.modelsFolder, choice.name), queryIdleMs: config.idleMs });
    }
    case 'remote': {
      const { baseUrl, model, dimensions, maxTokens } = choice;
      const apiKey = remoteKey(choice, config);
      const { privateHosts } = config;
      return remoteEmbedder({ baseUrl, model, dimensions, maxTokens, apiKey, privateHosts });
    }
    default:
      return unreachable(choice);
  }
}

/** How a choice is shown to people. */
export function describeChoice(choice: UseEmbedder): string {
  switch (choice.kind) {
    case 'bundled':
      return 'bundled';
    case 'folder':
      return choice.name;
    case 'remote':
      return choice.baseUrl;
    default:
      return unreachable(choice);
  }
}
