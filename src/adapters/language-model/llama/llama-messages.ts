import type { ErrorCode } from '../../../core/errors.ts';
import type { FinishReason, ModelRequest, ModelUsage, ToolCall } from '../../../ports/language-model.ts';

/** A LoRA adapter: its file is named by its content, because native code keeps what it read under a name. */
export interface LoraFile {
  readonly path: string;
  readonly scale: number;
}

/** How a child opens its model. */
export interface LlamaSetup {
  readonly modelPath: string;
  readonly chatTemplate: string;
  readonly gpu: false | 'auto';
  readonly threads: number;
  /** Tokens of one prompt with its answer. */
  readonly contextTokens: number;
  /** Answers made at the same time by the model with the same adapters. */
  readonly sequences: number;
  /** Contexts open at the same time, each for one choice of adapters. */
  readonly contexts: number;
  /** So many adapters are loaded before the model is opened anew: native code frees them only with the model. */
  readonly adapterLoads: number;
}

export interface LlamaAsk {
  readonly request: ModelRequest;
  readonly adapters: readonly LoraFile[];
}

export type ToLlama =
  | { readonly kind: 'ask'; readonly id: number; readonly ask: LlamaAsk }
  | { readonly kind: 'cancel'; readonly id: number };

/** What becomes of one ask: it begins once a sequence is free, then pieces come, and one `end` or `failed` last. */
export type LlamaReply =
  | { readonly kind: 'begin' }
  | { readonly kind: 'text' | 'reasoning'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly call: ToolCall }
  | { readonly kind: 'end'; readonly reason: FinishReason; readonly usage: ModelUsage }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly cause: string };

export interface FromLlama {
  readonly id: number;
  readonly reply: LlamaReply;
}
