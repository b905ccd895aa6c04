/** What a completion may use and keep of memory, as `docs/terms.md` has it. */
export const MEMORY_MODES = ['off', 'session', 'all', 'read-only'] as const;
export type MemoryMode = (typeof MEMORY_MODES)[number];

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

/** How the answer should be made; passed on to the model as it is. */
export interface CompletionWishes {
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  /** The answer must be JSON of this schema. */
  readonly output?: { readonly name: string; readonly schema: JsonSchema };
}

/** A whole conversation to be continued, as other programs send it: the same whatever protocol it came by. */
export interface CompletionRequest {
  /** `jiwa`, `jiwa/<persona>`, or `<provider>/<model>`. */
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly asked: CompletionWishes;
  /** What the caller chose; without it the model's default holds. */
  readonly memory?: MemoryMode;
  /** Names the conversation the turn is remembered in; one a day without it. */
  readonly conversation?: string;
}

/** Tokens as the provider counted them; `cached` are part of `input`. */
export interface ModelUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';

/** A piece of what a model says. */
export type SaidPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** Thoughts a model shows; not part of its answer. */
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly call: ToolCall };

/** What a completion says, in order: `start` once and first, `end` once and last. */
export type CompletionEvent =
  | {
      readonly kind: 'start';
      /** Ids of the items whose text the answer could rest on. */
      readonly memories: readonly string[];
      readonly memory: MemoryMode;
      /** The conversation that remembers the turn. */
      readonly sessionId?: string;
    }
  | SaidPiece
  /** Said instead of the JSON that was asked for, which nothing here can write. */
  | { readonly kind: 'refusal'; readonly text: string }
  | {
      readonly kind: 'end';
      readonly reason: FinishReason;
      /** `undefined` when the provider told none. */
      readonly usage: ModelUsage | undefined;
    };

/** A model as other programs choose it. */
export interface CompletionModel {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** `jiwa`, or the name of a provider. */
  readonly ownedBy: string;
}
