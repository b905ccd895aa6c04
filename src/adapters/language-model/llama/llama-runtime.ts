import type {
  ChatModelFunctions,
  Llama,
  LlamaContextSequence,
  LlamaGrammar,
  LlamaModel,
} from 'node-llama-cpp';
import { AppError } from '../../../core/errors.ts';
import type { JsonSchema, ModelRequest } from '../../../ports/language-model.ts';
import { unlessAborted } from '../../connections/aborts.ts';
import { chatFunctions, chatHistory } from './chat-history.ts';
import { contextPool, type ContextPool, type OpenContext } from './context-pool.ts';
import { readGgufHeader } from './gguf-header.ts';
import { grammarSchema } from './grammar-schema.ts';
import { checkArchitecture, loadError, loadLibrary, loadModel, startLlama } from './llama-library.ts';
import type { LlamaLibrary } from './llama-library.ts';
import type { LlamaAsk, LlamaReply, LlamaSetup, LoraFile } from './llama-messages.ts';
import { writeAnswer, type WritingModel } from './write-answer.ts';

/** A model in this process, loaded when first asked. */
export interface LlamaRuntime {
  /** Tells the answer in pieces, an `end` last. Throws `aborted` soon after the signal fires. */
  answer(ask: LlamaAsk, tell: (reply: LlamaReply) => void, signal: AbortSignal): Promise<void>;
}

interface Opened extends WritingModel {
  readonly llama: Llama;
  readonly pool: ContextPool<LlamaContextSequence, LoraFile>;
}

const MOST_GRAMMARS = 32;

export function llamaRuntime(setup: LlamaSetup): LlamaRuntime {
  let opening: Promise<Opened> | undefined;
  /** Tried anew after a failure: the file may be whole by then. */
  const opened = (): Promise<Opened> => {
    opening ??= openModel(setup).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const grammars = new Map<string, Promise<LlamaGrammar>>();
  return {
    async answer({ request, adapters }, tell, signal) {
      const history = chatHistory(request.messages);
      const functions = functionsFor(request);
      // Loading goes on for those who come later.
      const writing = await unlessAborted(opened(), signal);
      const grammar = request.output && (await grammarOf(writing.llama, grammars, request.output.schema));
      using lease = await writing.pool.lend(adapters, signal);
      tell({ kind: 'begin' });
      const task = { request, history, functions, grammar, sequence: lease.sequence };
      await writeAnswer(task, writing, { tell, signal });
    },
  };
}

function functionsFor(request: ModelRequest): ChatModelFunctions | undefined {
  const functions = chatFunctions(request);
  if (functions !== undefined && request.output !== undefined)
    throw new AppError(
      'unsupported',
      'A local model takes either tools or a schema for its answer, not both.',
    );
  return functions;
}

async function openModel(setup: LlamaSetup): Promise<Opened> {
  const library = await loadLibrary();
  const { architecture } = await readGgufHeader(setup.modelPath);
  checkArchitecture(library, architecture);
  const llama = await startLlama(library, setup);
  const load = () => loadModel(library, llama, setup.modelPath);
  let model = await load();
  const wrapper = new library.JinjaTemplateChatWrapper({
    template: setup.chatTemplate,
    tokenizer: model.tokenizer,
    // On ordinary processors thoughts take longer than a person waits.
    reasoning: false,
  });
  const pool = contextPool<LlamaContextSequence, LoraFile>({
    contexts: setup.contexts,
    loads: setup.adapterLoads,
    keyOf: (adapters) => adapters.map(({ path, scale }) => `${path}@${scale}`).join('+'),
    open: (adapters) => openContext(library, model, { setup, adapters }),
    renew: async () => {
      await model.dispose();
      model = await load();
    },
  });
  return { library, llama, wrapper, pool, contextTokens: setup.contextTokens, model: () => model };
}

async function openContext(
  library: LlamaLibrary,
  model: LlamaModel,
  { setup, adapters }: { readonly setup: LlamaSetup; readonly adapters: readonly LoraFile[] },
): Promise<OpenContext<LlamaContextSequence>> {
  try {
    const context = await model.createContext({
      sequences: setup.sequences,
      contextSize: setup.contextTokens,
      ...(adapters.length > 0 && {
        lora: { adapters: adapters.map(({ path, scale }) => ({ filePath: path, scale })) },
      }),
    });
    const sequences = Array.from({ length: setup.sequences }, () => context.getSequence());
    return { sequences, close: () => context.dispose() };
  } catch (cause) {
    throw loadError(library, cause, 'The adapter cannot be loaded: it may be made for another model.');
  }
}

/** Making a grammar of a large schema takes milliseconds, so the last ones are kept. */
function grammarOf(
  llama: Llama,
  grammars: Map<string, Promise<LlamaGrammar>>,
  schema: JsonSchema,
): Promise<LlamaGrammar> {
  const cleaned = grammarSchema(schema);
  const key = JSON.stringify(cleaned);
  const known = grammars.get(key);
  const grammar =
    known ?? llama.createGrammarForJsonSchema(cleaned as Parameters<Llama['createGrammarForJsonSchema']>[0]);
  grammars.delete(key);
  grammars.set(key, grammar);
  for (const oldest of grammars.keys()) {
    if (grammars.size <= MOST_GRAMMARS) break;
    grammars.delete(oldest);
  }
  return grammar;
}
