import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { AppError } from '../../../core/errors.ts';
import type {
  LanguageModel,
  ModelEvent,
  ModelFacts,
  ModelName,
  ModelRequest,
} from '../../../ports/language-model.ts';
import { adapterFiles } from './adapter-files.ts';
import type { GgufHeader } from './gguf-header.ts';
import { installedGguf } from './installed-gguf.ts';
import { knownHeaders } from './known-headers.ts';
import { llamaHost, type LlamaHost } from './llama-host.ts';
import type { LlamaReply, LlamaSetup } from './llama-messages.ts';
import { findAdapter, findLocal, localNames, type LocalName } from './local-names.ts';
import { removeGguf } from './remove-gguf.ts';

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
   * An installed model, with adapters on it where they are named (`<model>+<adapter>`); all that are opened of one file share
   * its process. Throws `not-found`, `unreadable`, `unsupported` (what is no adapter, or fits another model). Its calls throw
   * `unsupported` for what it cannot do, `unavailable` when node-llama-cpp is not installed, the memory does not suffice or
   * the process died; an adapter that is another one by then is checked again.
   */
  open(name: ModelName): Promise<LanguageModel>;
  /** What can be named now, and what cannot be used. */
  list(): Promise<LocalName[]>;
  /** Removes an adapter's file; calls that use it go on. Throws `not-found`, `unreadable`, `unavailable`. */
  removeAdapter(name: string): Promise<void>;
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
  const readHeader = knownHeaders();
  const installed = () => installedGguf(options.modelsFolder, readHeader);
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
    async open(name) {
      const { model, adapters } = findLocal(name.model, await installed());
      const { header } = model;
      const host = await hostOf(model.name, model.path, header);
      const closing = new AbortController();
      return {
        facts: factsOf(name, header, contextTokens(options, header)),
        async *stream(request: ModelRequest, signal: AbortSignal) {
          if (closing.signal.aborted) throw new AppError('unavailable', 'The model is closed.');
          const prepare = async () => {
            const taken = adapters.map(({ path }) => files.take({ path }, header));
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
    list: async () => localNames(await installed()),
    removeAdapter: async (name) => removeGguf(options.modelsFolder, findAdapter(name, await installed())),
    pid: (model) => [...hosts.values()].find(({ name }) => name === model)?.host.pid(),
    async close() {
      await Promise.all([...hosts.values()].map(({ host }) => host.close()));
      await files.clear();
    },
  };
}

function factsOf(name: ModelName, { chatTemplate }: GgufHeader, tokens: number): ModelFacts {
  return {
    name,
    contextTokens: tokens,
    structuredOutput: true,
    images: false,
    ...(chatTemplate === undefined && {
      note: 'The file has no chat template; messages are written as ChatML.',
    }),
  };
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
