import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { ModelRole, ProviderPreset, type TrialBody } from '../../../wire/models.ts';
import { UseEmbedder } from '../../../wire/system.ts';
import type { RouteInput } from '../../../wire/routes.ts';
import { addCommand, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import { type Connection, connected } from '../connect.ts';
import { followStarted } from '../follow-started.ts';
import { oneLine } from '../plain-text.ts';
import { type UseModelOptions, named, useModel } from '../use-model.ts';
import { providerTable, roleTable, trialLine } from '../views/model-view.ts';
import { localModelLines, modelTable } from '../views/system-view.ts';

interface UseOptions extends UseModelOptions {
  readonly model?: string;
  readonly dimensions?: number;
  readonly apiKeyEnv?: string;
  readonly wait: boolean;
}

interface PullOptions {
  readonly revision?: string;
  readonly file?: string;
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
    cli.show(
      await client.call('listModels', {}, cli.signal),
      ({ embedders, local, providers, roles }, look) => [
        ...roleTable(roles, look),
        '',
        ...(providers.length === 0 ? [] : [...providerTable(providers, look), '']),
        ...localModelLines(local, look),
        ...modelTable(embedders, look),
      ],
    ),
  );
}

/** Throws `invalid-input` for a word that is no role. */
function roleOf(text: string): ModelRole {
  const role = ModelRole.safeParse(text);
  if (role.success) return role.data;
  throw new AppError('invalid-input', `Expected one of ${ModelRole.options.join(', ')}; got ‘${text}’.`);
}

async function use(cli: Cli, first: string, second: string | undefined, options: UseOptions): Promise<void> {
  if (second === undefined || first === 'embedder') {
    const body = embedderOf(second ?? first, options);
    await followStarted(cli, { label: 'Embedding', wait: options.wait }, (client) =>
      client.call('useEmbedder', { body }, cli.signal),
    );
    return;
  }
  const role = roleOf(first);
  await connected(cli, async (connection) =>
    cli.show(await useModel(cli, connection, { role, model: second }, options), ({ provider, model }) => [
      `${oneLine(model)} of ${oneLine(provider)} has answered; it is the model for ${role} now.`,
    ]),
  );
}

/** Takes a role from its model, removes a provider (none has the name of a role), or, where there is no such, an adapter. */
async function remove(cli: Cli, name: string): Promise<void> {
  const role = ModelRole.safeParse(name);
  const removeIt = async ({ client }: Connection) => {
    if (role.success) return client.call('removeRole', { params: { role: role.data } }, cli.signal);
    const { providers, local } = await client.call('listModels', {}, cli.signal);
    const isAdapter = local.some(({ adapter }) => adapter === name);
    return isAdapter && !providers.some(({ id }) => id === name)
      ? client.call('removeAdapter', { params: { name } }, cli.signal)
      : client.call('removeProvider', { params: { id: name } }, cli.signal);
  };
  await connected(cli, async (connection) =>
    cli.show(await removeIt(connection), () => [`${oneLine(name)} is removed.`]),
  );
}

/** What is tried: the model of a role, or a model that has none. */
function trialOf(text: string): TrialBody {
  const role = ModelRole.safeParse(text);
  return role.success ? { role: role.data } : named(text);
}

function addUse(models: Command, cli: Cli): void {
  addCommand(models, cli, 'use <what> [model]', {
    summary: 'Give a role to a language model, or choose the embedder',
    about:
      `Roles: ${ModelRole.options.join(', ')}. A model is named provider:model and has to answer before it is kept; one of this ` +
      'machine takes an adapter as local:model+adapter. Known ' +
      `providers: ${ProviderPreset.options.join(', ')}; any other name needs --url. The key is asked for, or read as you say.\n` +
      'With a new embedder everything gets new vectors in the background; the old ones serve until all are there.',
    examples: [
      'models use chat ollama:llama3.2',
      'models use chat openai:gpt-5-mini --key-env OPENAI_API_KEY',
      'models use chat local:Qwen--qwen2.5-1.5b-instruct-q4_k_m',
      'models use chat local:Qwen--qwen2.5-1.5b-instruct-q4_k_m+voice',
      'models use fallback mine:qwen3 --url http://127.0.0.1:8000/v1',
      'models use bundled',
      'models use embedder http://127.0.0.1:11434/v1 --model nomic-embed-text --dimensions 768',
    ],
  })
    .option('--url <address>', 'address of the provider, up to and with /v1')
    .option('--key-env <variable>', 'environment variable of the server that holds the key')
    .option('--key-file <file>', 'file to read the key from')
    .option('--key-stdin', 'read the key from the standard input')
    .option('--temperature <number>', 'how freely the model speaks, from 0 to 2', Number)
    .option('--model <name>', 'name of the remote embedder')
    .option('--dimensions <number>', 'length of its vectors', wholeNumber(8, 8192))
    .option(
      '--max-tokens <number>',
      'longest answer, or longest text of an embedder',
      wholeNumber(16, 131_072),
    )
    .option('--api-key-env <variable>', 'environment variable that holds the key of the embedder')
    .option('--no-wait', 'return at once')
    .action(async (what: string, model: string | undefined, options: UseOptions) =>
      use(cli, what, model, options),
    );
}

/** `jiwa models`: which models answer, and which makes the vectors. */
export function addModels(program: Command, cli: Cli): void {
  const models = addCommand(program, cli, 'models', {
    summary: 'List, download, try and choose models',
    examples: ['models', 'models use chat ollama:llama3.2', 'models test', 'models pull owner/name'],
  });
  addCommand(models, cli, 'list', {
    summary: 'List models: which serves which role, providers, local models, embedders',
    examples: ['models list'],
    isDefault: true,
  }).action(async () => list(cli));
  addCommand(models, cli, 'pull <id>', {
    summary: 'Download a sentence encoder (ONNX), a language model or an adapter (GGUF) from Hugging Face',
    examples: [
      'models pull intfloat/multilingual-e5-small',
      'models pull Qwen/Qwen2.5-1.5B-Instruct-GGUF',
      'models pull owner/name-GGUF --file Q5_K_M',
    ],
  })
    .option('--revision <name>', 'branch, tag or commit')
    .option('--file <name>', 'GGUF file of the repository, or a quantisation')
    .option('--no-wait', 'return at once')
    .action(async (id: string, { revision, file, wait }: PullOptions) =>
      followStarted(cli, { label: 'Downloading', wait }, (client) =>
        client.call('pullModel', { body: { id, revision, file } }, cli.signal),
      ),
    );
  addCommand(models, cli, 'test', {
    summary: 'Let the model of a role, or any model of a provider, say something small',
    examples: ['models test', 'models test summarizer', 'models test openai:gpt-5-mini'],
  })
    .argument('[model]', 'a role, or provider:model', trialOf, { role: 'chat' })
    .action(async (body: TrialBody) =>
      connected(cli, async ({ client }) =>
        cli.show(await client.call('testModel', { body }, cli.signal), (trial) => [trialLine(trial)]),
      ),
    );
  addUse(models, cli);
  addCommand(models, cli, 'remove <name>', {
    summary: 'Take a role from its model, or remove a provider or an adapter that serves none',
    examples: ['models remove fallback', 'models remove openai', 'models remove voice'],
  }).action(async (name: string) => remove(cli, name));
}
