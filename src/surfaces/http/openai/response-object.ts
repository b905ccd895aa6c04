import type { CompletionEvent } from '../../../wire/completion.ts';
import type { ResponseRequest } from '../../../wire/openai-responses.ts';
import { given } from './given.ts';
import { type Start, jiwaExtra } from './jiwa-extra.ts';
import type { ResponseItem } from './response-items.ts';

type End = Extract<CompletionEvent, { kind: 'end' }>;

/** What is known of a response before anything is said. */
export interface ResponseHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly body: ResponseRequest;
}

function usageOf({ usage }: End) {
  if (usage === undefined) return undefined;
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
  };
}

const INCOMPLETE: Partial<Record<End['reason'], string>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
};

function outcome(end: End | undefined) {
  if (end === undefined) return { status: 'in_progress', incomplete_details: null };
  const reason = INCOMPLETE[end.reason];
  if (reason === undefined) return { status: 'completed', incomplete_details: null };
  return { status: 'incomplete', incomplete_details: { reason } };
}

const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** The request's fields that the protocol repeats. */
function repeated(body: ResponseRequest) {
  return {
    model: body.model,
    instructions: orNull(body.instructions),
    max_output_tokens: orNull(body.max_output_tokens),
    metadata: body.metadata ?? {},
    previous_response_id: orNull(body.previous_response_id),
    store: body.store ?? true,
    temperature: orNull(body.temperature),
    text: { format: body.text?.format ?? { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: orNull(body.top_p),
  };
}

/** A response as it stands: in progress without an end. */
export function responseObject(
  { id, created, body }: ResponseHead,
  state: {
    readonly output: readonly ResponseItem[];
    readonly start: Start | undefined;
    readonly end?: End | undefined;
  },
) {
  const { start, end, output } = state;
  return {
    id,
    object: 'response',
    created_at: created,
    ...outcome(end),
    error: null,
    output,
    usage: orNull(end && usageOf(end)),
    parallel_tool_calls: true,
    ...repeated(body),
    truncation: 'disabled',
    ...given({ jiwa: start && jiwaExtra(start) }),
  };
}
export type ResponseObject = ReturnType<typeof responseObject>;
