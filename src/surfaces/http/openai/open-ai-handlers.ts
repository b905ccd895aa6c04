import type { Access, Authorized } from '../../../core/authorized.ts';
import type { CompletionEvent, CompletionModel, CompletionRequest } from '../../../wire/completion.ts';

/** Vectors with the model that made them. */
export interface Embedded {
  readonly model: string;
  readonly vectors: readonly Float32Array[];
  /** Estimated: encoders count no tokens. */
  readonly tokens: number;
}

/** The use cases behind the OpenAI paths, bound by the composition root. */
export interface OpenAiHandlers {
  listModels(access: Authorized<Access>, signal: AbortSignal): Promise<readonly CompletionModel[]>;
  /** Errors before the first event are thrown by it; an abort of the signal cancels the model's call. */
  complete(
    access: Authorized<Access>,
    request: CompletionRequest,
    signal: AbortSignal,
  ): AsyncIterable<CompletionEvent>;
  /** Whether anything was forgotten from this time on. */
  forgotSince(access: Authorized<Access>, time: number, signal: AbortSignal): Promise<boolean>;
  /** Throws `not-found` for a model that is not the embedder in use. */
  embed(
    access: Authorized<Access>,
    input: { readonly model: string; readonly texts: readonly string[] },
    signal: AbortSignal,
  ): Promise<Embedded>;
}
