import { randomUUID } from 'node:crypto';
import type {
  ChatHistoryItem,
  ChatModelFunctions,
  JinjaTemplateChatWrapper,
  LlamaChatResponse,
  LlamaContextSequence,
  LlamaGrammar,
  LlamaModel,
} from 'node-llama-cpp';
import { AppError } from '../../../core/errors.ts';
import type { FinishReason, ModelRequest } from '../../../ports/language-model.ts';
import { abortError } from '../../connections/aborts.ts';
import type { LlamaLibrary } from './llama-library.ts';
import type { LlamaReply } from './llama-messages.ts';

/** What is to be written, and where. */
export interface WritingTask {
  readonly request: ModelRequest;
  readonly history: ChatHistoryItem[];
  readonly functions: ChatModelFunctions | undefined;
  readonly grammar: LlamaGrammar | undefined;
  readonly sequence: LlamaContextSequence;
}

/** What an answer is written with. */
export interface WritingModel {
  readonly library: LlamaLibrary;
  readonly wrapper: JinjaTemplateChatWrapper;
  readonly model: () => LlamaModel;
  readonly contextTokens: number;
}

/** Who hears the pieces, and until when. */
export interface Listener {
  readonly tell: (reply: LlamaReply) => void;
  readonly signal: AbortSignal;
}

/** Room that the library keeps free in a context. */
const SPARE_TOKENS = 2;
/** Where a request says nothing: lively in talk, steady where a form is filled in. */
const TALKING = { temperature: 0.7, topP: 0.9 };
const FILLING_IN = { temperature: 0, topP: 1 };

const REASONS = {
  eogToken: 'stop',
  stopGenerationTrigger: 'stop',
  customStopTrigger: 'stop',
  functionCalls: 'tool-calls',
  maxTokens: 'length',
  abort: 'other',
} as const satisfies Record<LlamaChatResponse['metadata']['stopReason'], FinishReason>;

/**
 * Writes one answer into a sequence. A prompt that does not fit the context is refused, never cut; what the sequence holds of
 * an earlier prompt is used again where it is the same.
 */
export async function writeAnswer(
  { request, history, functions, grammar, sequence }: WritingTask,
  writing: WritingModel,
  { tell, signal }: Listener,
): Promise<void> {
  const promptTokens = countPrompt(history, functions, writing);
  const room = writing.contextTokens - promptTokens - SPARE_TOKENS;
  if (room < 1) throw tooLong(promptTokens, writing.contextTokens);
  const usual = grammar === undefined ? TALKING : FILLING_IN;
  const before = sequence.tokenMeter.getState();
  const chat = new writing.library.LlamaChat({ contextSequence: sequence, chatWrapper: writing.wrapper });
  try {
    const answer = await chat.generateResponse<ChatModelFunctions>(history, {
      ...(grammar === undefined ? functions && { functions } : { grammar }),
      onResponseChunk: ({ type, text }) => {
        if (text !== '') tell({ kind: type === 'segment' ? 'reasoning' : 'text', text });
      },
      signal,
      maxTokens: Math.min(request.maxOutputTokens ?? room, room),
      temperature: request.temperature ?? usual.temperature,
      topP: request.topP ?? usual.topP,
      repeatPenalty: false,
      ...(request.seed !== undefined && { seed: request.seed }),
      ...(request.stop !== undefined && { customStopTriggers: request.stop }),
    });
    tellCalls(answer, tell);
    const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
    tell({
      kind: 'end',
      reason: REASONS[answer.metadata.stopReason],
      usage: {
        input: promptTokens,
        output: usedOutputTokens,
        // The last token of a prompt is counted with the answer.
        cached: Math.max(0, promptTokens - 1 - usedInputTokens),
      },
    });
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    throw error;
  } finally {
    chat.dispose({ disposeSequence: false });
  }
}

/** Throws `unsupported` for messages the model's own template refuses. */
function countPrompt(
  history: readonly ChatHistoryItem[],
  functions: ChatModelFunctions | undefined,
  { wrapper, model }: WritingModel,
): number {
  try {
    const { contextText } = wrapper.generateContextState({
      chatHistory: history,
      ...(functions !== undefined && { availableFunctions: functions }),
    });
    return contextText.tokenize(model().tokenizer).length;
  } catch (cause) {
    throw new AppError('unsupported', 'The chat template of the model refuses these messages.', { cause });
  }
}

function tooLong(promptTokens: number, contextTokens: number): AppError {
  return new AppError(
    'invalid-input',
    `The prompt has ${promptTokens} tokens; the model takes ${contextTokens} with its answer.`,
  );
}

function tellCalls({ functionCalls }: LlamaChatResponse<ChatModelFunctions>, tell: Listener['tell']): void {
  for (const { functionName, params } of functionCalls ?? []) {
    const call = { id: `call_${randomUUID()}`, name: functionName, arguments: JSON.stringify(params ?? {}) };
    tell({ kind: 'tool-call', call });
  }
}
