import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { UseEmbedder } from '../../../wire/system.ts';
import type { RouteInput } from '../../../wire/routes.ts';
import { addCommand, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { followStarted } from '../follow-started.ts';
import { modelTable } from '../views/system-view.ts';

interface UseOptions {
  readonly model?: string;
  readonly dimensions?: number;
  readonly maxTokens?: number;
  readonly apiKeyEnv?: string;
  readonly wait: boolean;
}

/** What `models use` means: `bundled`, the address of a remote endpoint, or the name of an installed model. */
function embedderOf(name: string, options: UseOptions): RouteInput<'useEmbedder'>['body'] {
  if (name === 'bundled') return { kind: 'bundled' };
  if (!/^https?:\/\//.test(name)) return { kind: 'folder', name };
  const { model, dimensions, maxTokens, apiKeyEnv } = options;
  const parsed = UseEmbedder.safeParse({
    kind: 'remote',
    baseUrl: name,
    model,
    dimensions,
    maxTokens,
    apiKeyEnv,
  });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new AppError('invalid-input', `A remote embedder needs --model and --dimensions (${issues}).`);
}

async function list(cli: Cli): Promise<void> {
  await connected(cli, async ({ client }) =>
    cli.show(await client.call('listModels', {}, cli.signal), ({ embedders }, look) =>
      modelTable(embedders, look),
    ),
  );
}

/** `jiwa models`: which embedder makes the vectors. */
export function addModels(program: Command, cli: Cli): void {
  const models = addCommand(program, cli, 'models', {
    summary: 'List, download and choose the model that makes vectors',
    examples: ['models', 'models pull intfloat/multilingual-e5-small', 'models use bundled'],
  });
  addCommand(models, cli, 'list', {
    summary: 'List models',
    examples: ['models list'],
    isDefault: true,
  }).action(async () => list(cli));
  addCommand(models, cli, 'pull <id>', {
    summary: 'Download a sentence encoder (ONNX) from Hugging Face',
    examples: ['models pull intfloat/multilingual-e5-small', 'models pull owner/name --revision v1.0'],
  })
    .option('--revision <name>', 'branch, tag or commit')
    .option('--no-wait', 'return at once')
    .action(async (id: string, { revision, wait }: { revision?: string; wait: boolean }) =>
      followStarted(cli, { label: 'Downloading', wait }, (client) =>
        client.call('pullModel', { body: { id, revision } }, cli.signal),
      ),
    );
  addCommand(models, cli, 'use <model>', {
    summary: 'Choose the model: bundled, an installed one, or an OpenAI-compatible address',
    about: 'Everything gets new vectors in the background; the old ones serve until all are there.',
    examples: [
      'models use bundled',
      'models use intfloat/multilingual-e5-small',
      'models use http://127.0.0.1:11434/v1 --model nomic-embed-text --dimensions 768',
    ],
  })
    .option('--model <name>', 'name of the remote model')
    .option('--dimensions <number>', 'length of its vectors', wholeNumber(8, 8192))
    .option('--max-tokens <number>', 'longest text it takes', wholeNumber(16, 131_072))
    .option('--api-key-env <variable>', 'environment variable that holds the key')
    .option('--no-wait', 'return at once')
    .action(async (name: string, options: UseOptions) => {
      const body = embedderOf(name, options);
      await followStarted(cli, { label: 'Embedding', wait: options.wait }, (client) =>
        client.call('useEmbedder', { body }, cli.signal),
      );
    });
}
