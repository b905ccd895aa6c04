import type * as NodeLlamaCpp from 'node-llama-cpp';
import type { Llama, LlamaModel } from 'node-llama-cpp';
import { AppError } from '../../../core/errors.ts';
import type { LlamaSetup } from './llama-messages.ts';

export type LlamaLibrary = typeof NodeLlamaCpp;

interface Architectures {
  readonly GgufArchitectureType: Readonly<Record<string, string>>;
}

const HOW_TO_GET_IT =
  'npm install node-llama-cpp@3.22.1 in the folder of Jiwa. For CUDA or Vulkan, remove the @node-llama-cpp lines under "overrides" in package.json first and set JIWA_LOCAL_GPU=auto.';

const importLibrary = (): Promise<LlamaLibrary> => import('node-llama-cpp');

/** The package, which is optional. Throws `unavailable` with the way to get it. */
export async function loadLibrary(load = importLibrary): Promise<LlamaLibrary> {
  try {
    return await load();
  } catch (cause) {
    throw new AppError('unavailable', `Local models need a package that is not installed: ${HOW_TO_GET_IT}`, {
      cause,
    });
  }
}

/** The native code; nothing is ever built or downloaded. Throws `unavailable` where there is none for this machine. */
export async function startLlama(library: LlamaLibrary, { gpu, threads }: LlamaSetup): Promise<Llama> {
  try {
    return await library.getLlama({
      gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: library.LlamaLogLevel.error,
      maxThreads: threads,
    });
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `There is no native code for local models on this machine (glibc is needed): ${HOW_TO_GET_IT}`,
      { cause },
    );
  }
}

/** Throws `unsupported` for a kind of model that is not known, or that writes no text. */
export function checkArchitecture(library: LlamaLibrary, architecture: string): void {
  // Declared as a constant of the compiler, but there as an object.
  const { GgufArchitectureType: names } = library as unknown as Architectures;
  if (
    !Object.values(names).includes(architecture) ||
    /bert|embed|^clip$|^t5encoder$|^\(unknown\)$/.test(architecture)
  )
    throw new AppError('unsupported', `A model of the kind ${architecture} cannot write answers here.`);
}

/** Loads the weights. Throws `unreadable`, or `unavailable` when the memory does not suffice. */
export async function loadModel(library: LlamaLibrary, llama: Llama, modelPath: string): Promise<LlamaModel> {
  try {
    return await llama.loadModel({ modelPath });
  } catch (cause) {
    throw loadError(library, cause, 'The model cannot be loaded: its file may be damaged.');
  }
}

/** What went wrong when a model or a context was opened. */
export function loadError(library: LlamaLibrary, cause: unknown, otherwise: string): AppError {
  if (cause instanceof library.InsufficientMemoryError)
    return new AppError(
      'unavailable',
      'The memory does not suffice for the model; take a smaller one, or set JIWA_LOCAL_CONTEXT or JIWA_LOCAL_PARALLEL lower.',
      { cause },
    );
  return new AppError('unreadable', otherwise, { cause });
}
