import type { Ctx } from '../core/context.ts';
import type {
  CompletionWishes,
  FinishReason,
  ModelMessage,
  ModelUsage,
  SaidPiece,
} from '../wire/completion.ts';
import type { ModelRole } from '../wire/models.ts';

/** Defined once, in `wire`; drivers, which may not import that, take them from here. */
export type {
  ContentPart,
  FinishReason,
  JsonSchema,
  ModelMessage,
  ModelUsage,
  ToolCall,
} from '../wire/completion.ts';
export type { ModelRole } from '../wire/models.ts';

/** A conversation to be continued. Drivers that cannot enforce the schema of `output` say so in `ModelFacts`. */
export interface ModelRequest extends CompletionWishes {
  readonly messages: readonly ModelMessage[];
}

/** What a model says, in order; `end` comes once and last. Without an `end` the stream failed and throws. */
export type ModelEvent =
  | SaidPiece
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
