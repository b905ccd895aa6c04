import type { CompletionEvent, ToolCall } from '../../../wire/completion.ts';
import { given } from './given.ts';
import { type Start, jiwaExtra } from './jiwa-extra.ts';

type End = Extract<CompletionEvent, { kind: 'end' }>;

/** What every part of one answer says of itself. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
}

const FINISH = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'stop',
} as const satisfies Record<End['reason'], string>;

function usageOf({ usage }: End) {
  if (usage === undefined) return undefined;
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached },
  };
}

function toolCall({ id, name, arguments: args }: ToolCall) {
  return { id, type: 'function', function: { name, arguments: args } };
}

/** An answer that was listened to until its end. */
async function heard(events: AsyncIterable<CompletionEvent>) {
  const said = { text: '', reasoning: '', refusal: '' };
  const calls: ToolCall[] = [];
  let start: Start | undefined;
  let end: End | undefined;
  for await (const event of events) {
    if (event.kind === 'start') start = event;
    else if (event.kind === 'end') end = event;
    else if (event.kind === 'tool-call') calls.push(event.call);
    else said[event.kind] += event.text;
  }
  return { ...said, calls, start, end };
}

function messageOf({ text, reasoning, refusal, calls }: Awaited<ReturnType<typeof heard>>) {
  const silent = text === '' && (calls.length > 0 || refusal !== '');
  return {
    role: 'assistant',
    content: silent ? null : text,
    refusal: refusal || null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCall) }),
  };
}

/** The whole answer as one `chat.completion`. */
export async function chatCompletion(head: AnswerHead, events: AsyncIterable<CompletionEvent>) {
  const answer = await heard(events);
  const { start, end } = answer;
  const finish = FINISH[end?.reason ?? 'other'];
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: messageOf(answer), logprobs: null, finish_reason: finish }],
    ...given({ usage: end && usageOf(end), jiwa: start && jiwaExtra(start) }),
  };
}

const frame = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`;

/** The answer as frames of `chat.completion.chunk`; the one with the finish reason also says what was used of memory. */
export async function* chatChunks(
  head: AnswerHead,
  events: AsyncIterable<CompletionEvent>,
  includeUsage: boolean,
): AsyncIterable<string> {
  const pending = includeUsage ? { usage: null } : {};
  const chunk = (delta: object, finish: string | null = null, extra = {}) =>
    frame({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...pending,
      ...extra,
    });
  let start: Start | undefined;
  let calls = 0;
  for await (const event of events) {
    switch (event.kind) {
      case 'start':
        start = event;
        yield chunk({ role: 'assistant', content: '', refusal: null });
        break;
      case 'text':
        yield chunk({ content: event.text });
        break;
      case 'reasoning':
        yield chunk({ reasoning_content: event.text });
        break;
      case 'refusal':
        yield chunk({ refusal: event.text });
        break;
      case 'tool-call':
        yield chunk({ tool_calls: [{ index: calls++, ...toolCall(event.call) }] });
        break;
      case 'end':
        yield chunk({}, FINISH[event.reason], given({ jiwa: start && jiwaExtra(start) }));
        if (includeUsage) {
          const usage = usageOf(event) ?? null;
          yield frame({ ...head, object: 'chat.completion.chunk', choices: [], usage });
        }
    }
  }
  yield 'data: [DONE]\n\n';
}
