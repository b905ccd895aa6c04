import type { Ctx } from '../core/context.ts';

/** What a language model is asked for; the names are the roles of docs/architecture.md. */
export type ModelRole = 'chat' | 'fallback' | 'summarizer' | 'translator' | 'worker' | 'shadow' | 'twin';

/** JSON Schema (2020-12) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a person's message is made of. */
export type ContentPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly mediaType: string; readonly bytes: Uint8Array };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it, not parsed. */
  readonly arguments: string;
}

export type ModelMessage =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly parts: readonly ContentPart[] }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly callId: string; readonly name: string; readonly text: string };

/** A tool of the caller: passed through, never run by us. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  readonly parameters: JsonSchema;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface ModelRequest {
  readonly messages: readonly ModelMessage[];
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  /** The answer must be JSON of this schema; drivers that cannot enforce it say so in `ModelFacts`. */
  readonly output?: { readonly name: string; readonly schema: JsonSchema };
}

/** Tokens as the provider counted them; `cached` are part of `input`. */
export interface ModelUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';

/** What a model says, in order; `end` comes once and last. Without an `end` the stream failed and throws. */
export type ModelEvent =
  | { readonly kind: 'text'; readonly text: string }
  /** Thoughts a model shows; not part of its answer. */
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly call: ToolCall }
  | {
      readonly kind: 'end';
      readonly reason: FinishReason;
      /** `undefined` when the provider told none. */
      readonly usage: ModelUsage | undefined;
      /** The model that answered, where it is another than was asked (a fallback). */
      readonly by?: ModelName;
      /** What the call cost, in millionths, where whoever books it knows the price. */
      readonly costMicros?: number;
    };

/** A model of a provider, as settings name them. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/** What a driver knows of its model. */
export interface ModelFacts {
  readonly name: ModelName;
  /** Prompt and answer together, in tokens; `undefined` when unknown. */
  readonly contextTokens: number | undefined;
  /** Whether `output` is enforced by the model's side. */
  readonly structuredOutput: boolean;
  readonly images: boolean;
  /** What a person should know before choosing it. */
  readonly note?: string;
}

/**
 * One language model. Aborting the signal cancels the provider's call at once. Errors: `aborted`; retryable ones:
 * `rate-limited` and `unavailable` (with `retryAfterMs` where the provider says), `timeout` (no first or next token in
 * time); for good: `provider-refused` (key, model or request refused), `invalid-input` (a request no model can take).
 */
export interface LanguageModel {
  readonly facts: ModelFacts;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  close(): Promise<void>;
}

/** Why a model is called; booked with every call. */
export interface ModelPurpose {
  /** `chat`, `title`, `conversation-summary`, `openai`, `mcp-ask`, `model-test` … */
  readonly feature: string;
  /** Version of the prompt texts, so that costs and quality can be told apart. */
  readonly promptVersion: string;
  readonly userId?: string;
}

/** A model that is ready for one call: its fallbacks, retries, limits, usage and budget are behind it. */
export type ReadyModel = Omit<LanguageModel, 'close'>;

/** The model that has a role in a space now; `undefined` when none is configured, then the deterministic floor serves. */
export type ModelOf = (role: ModelRole, purpose: ModelPurpose, ctx: Ctx) => Promise<ReadyModel | undefined>;
