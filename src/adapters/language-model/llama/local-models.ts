import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { AppError } from '../../../core/errors.ts';
import type { LanguageModel, ModelEvent, ModelName, ModelRequest } from '../../../ports/language-model.ts';
import { adapterFiles, type LoraAdapter } from './adapter-files.ts';
import type { GgufHeader } from './gguf-header.ts';
import { installedGguf, type InstalledGguf } from './installed-gguf.ts';
import { llamaHost, type LlamaHost } from './llama-host.ts';
import type { LlamaReply, LlamaSetup } from './llama-messages.ts';

export interface LocalModelsOptions {
  /** Folder of all models, see `installedGguf`. */
  readonly modelsFolder: string;
  /** Where adapters lie while they are used; belongs to this process and is emptied. */
  readonly adaptersFolder: string;
  /** Default false: the processor alone. `auto` needs the packages for CUDA or Vulkan. */
  readonly gpu?: LlamaSetup['gpu'];
  /**
   * Default: one less than there are cores. Threads wait for each other many times a token: where one of them has no core to
   * itself, all of them stand still.
   */
  readonly threads?: number;
  /** Tokens of a prompt with its answer, at most what the model was trained on. Default 8,192. */
  readonly contextTokens?: number;
  /** Answers that one model writes at the same time. Default 2. */
  readonly sequences?: number;
  /** Choices of adapters that are ready at the same time. Each takes as much memory as a context. Default 2. */
  readonly contexts?: number;
  /** See `LlamaSetup`. Default 64. */
  readonly adapterLoads?: number;
  /** Default 10 minutes. */
  readonly idleMs?: number;
  /** Default 10 minutes: the prompt of a large model on a small machine. */
  readonly silenceMs?: number;
  /** Default 1 minute: a piece of a prompt cannot be interrupted. */
  readonly graceMs?: number;
}

/** The GGUF models of this machine, each in a child process while it is needed. */
export interface LocalModels {
  /**
   * An installed model, with adapters on it; all that are opened of one file share its process. Throws `not-found`,
   * `unreadable`. Its calls throw `unsupported` for what it cannot do, `unavailable` when node-llama-cpp is not installed, the
   * memory does not suffice or the process died.
   */
  open(name: ModelName, adapters?: readonly LoraAdapter[]): Promise<LanguageModel>;
  /** What is installed now. */
  list(): Promise<InstalledGguf[]>;
  /** The process of a model, while there is one. */
  pid(model: string): number | undefined;
  close(): Promise<void>;
}

/** How models without a template of their own are talked to. */
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const MINUTE_MS = 60_000;

export function localModels(options: LocalModelsOptions): LocalModels {
  const files = adapterFiles(options.adaptersFolder);
  /** By file and version of the file. */
  const hosts = new Map<string, { readonly name: string; readonly host: LlamaHost }>();
  const unloaded = async () => {
    if ([...hosts.values()].every(({ host }) => host.pid() === undefined)) await files.clear();
  };
  const hostOf = async (name: string, path: string, header: GgufHeader): Promise<LlamaHost> => {
    const { size, mtimeMs } = await stat(path);
    const key = `${path}:${size}:${mtimeMs}`;
    const known = hosts.get(key);
    if (known !== undefined) return known.host;
    const host = llamaHost({
      setup: setupOf(options, path, header),
      idleMs: options.idleMs ?? 10 * MINUTE_MS,
      silenceMs: options.silenceMs ?? 10 * MINUTE_MS,
      graceMs: options.graceMs ?? MINUTE_MS,
      onUnload: unloaded,
    });
    hosts.set(key, { name, host });
    return host;
  };

  return {
    async open(name, adapters = []) {
      const { path, header } = await findModel(options.modelsFolder, name.model);
      const host = await hostOf(name.model, path, header);
      const closing = new AbortController();
      return {
        facts: {
          name,
          contextTokens: contextTokens(options, header),
          structuredOutput: true,
          images: false,
          ...(header.chatTemplate === undefined && {
            note: 'The file has no chat template; messages are written as ChatML.',
          }),
        },
        async *stream(request: ModelRequest, signal: AbortSignal) {
          if (closing.signal.aborted) throw new AppError('unavailable', 'The model is closed.');
          const prepare = async () => {
            const taken = adapters.map((one) => files.take(one, header.architecture));
            return { request, adapters: await Promise.all(taken) };
          };
          for await (const reply of host.ask(prepare, AbortSignal.any([signal, closing.signal]))) {
            const event = toEvent(reply);
            if (event !== undefined) yield event;
          }
        },
        async close() {
          closing.abort(new AppError('aborted', 'The model was closed.'));
        },
      };
    },
    list: () => installedGguf(options.modelsFolder),
    pid: (model) => [...hosts.values()].find(({ name }) => name === model)?.host.pid(),
    async close() {
      await Promise.all([...hosts.values()].map(({ host }) => host.close()));
      await files.clear();
    },
  };
}

async function findModel(modelsFolder: string, name: string) {
  const models = await installedGguf(modelsFolder);
  const found = models.find((model) => model.name === name);
  if (found?.kind === 'ready') return found;
  if (found?.kind === 'broken') throw new AppError('unreadable', `${name} cannot be used. ${found.reason}`);
  const names = models.map((model) => model.name).join(', ');
  throw new AppError(
    'not-found',
    `There is no local model ${name}; ${names === '' ? 'get one with jiwa models pull' : `there are: ${names}`}.`,
  );
}

function setupOf(options: LocalModelsOptions, modelPath: string, header: GgufHeader): LlamaSetup {
  return {
    modelPath,
    chatTemplate: header.chatTemplate ?? CHATML,
    gpu: options.gpu ?? false,
    threads: options.threads ?? Math.max(1, availableParallelism() - 1),
    contextTokens: contextTokens(options, header),
    sequences: options.sequences ?? 2,
    contexts: options.contexts ?? 2,
    adapterLoads: options.adapterLoads ?? 64,
  };
}

function contextTokens({ contextTokens: wished = 8_192 }: LocalModelsOptions, header: GgufHeader): number {
  return Math.min(wished, header.contextTokens ?? wished);
}

function toEvent(reply: LlamaReply): ModelEvent | undefined {
  return reply.kind === 'begin' || reply.kind === 'failed' ? undefined : reply;
}
