import { createHash } from 'node:crypto';

export type Dialect = 'openai' | 'anthropic';

interface SaidToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model writes it. */
  readonly arguments: string;
}

/** What the scripted model says. */
export interface SaidAnswer {
  readonly text?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly SaidToolCall[];
  /** In OpenAI's words. Default `stop`, or `tool_calls` where there are some. */
  readonly finish?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** Default 10 in, a token a word out, none cached; `null` tells none. */
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number } | null;
  /** Between two events of a stream, and before a whole answer. */
  readonly delayMs?: number;
}

/** An answer as one JSON body, and as the events of a stream, each ready to be written. */
export interface WireAnswer {
  readonly whole: unknown;
  readonly events: readonly string[];
}

const words = (text: string): readonly string[] => text.match(/\S+\s*|\s+/gu) ?? [];

/** Half of the arguments at a time: streams of tool calls come in pieces. */
const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)];

function parts({ text = '', reasoning = '', toolCalls = [], usage, finish }: SaidAnswer) {
  const counted = usage === undefined ? { input: 10, output: words(text).length } : usage;
  return {
    text,
    reasoning,
    toolCalls,
    usage: counted && { cached: 0, ...counted },
    finish: finish ?? (toolCalls.length > 0 ? ('tool_calls' as const) : ('stop' as const)),
  };
}

export function openAiAnswer(said: SaidAnswer, model: string): WireAnswer {
  const { text, reasoning, toolCalls, usage, finish } = parts(said);
  const id = 'chatcmpl-1';
  const chunk = (delta: unknown, finishReason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  });
  const counted = usage && {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached },
  };
  const calls = toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    ...words(reasoning).map((word) => chunk({ reasoning_content: word })),
    ...words(text).map((word) => chunk({ content: word })),
    ...calls.flatMap((call, index) => [
      chunk({ tool_calls: [{ ...call, index, function: { name: call.function.name, arguments: '' } }] }),
      ...halves(call.function.arguments).map((half) =>
        chunk({ tool_calls: [{ index, function: { arguments: half } }] }),
      ),
    ]),
    chunk({}, finish),
    ...(counted ? [{ choices: [], usage: counted }] : []),
  ];
  const head = { id, object: 'chat.completion.chunk', created: 1_767_225_600, model };
  return {
    whole: {
      ...head,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          finish_reason: finish,
          message: {
            role: 'assistant',
            content: text,
            ...(reasoning !== '' && { reasoning_content: reasoning }),
            ...(calls.length > 0 && { tool_calls: calls }),
          },
        },
      ],
      ...(counted && { usage: counted }),
    },
    events: [
      ...chunks.map((part) => `data: ${JSON.stringify({ ...head, ...part })}\n\n`),
      'data: [DONE]\n\n',
    ],
  };
}

const STOP_REASONS = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
} as const;

export function anthropicAnswer(said: SaidAnswer, model: string): WireAnswer {
  const { text, reasoning, toolCalls, usage, finish } = parts(said);
  const counted = {
    // Anthropic counts what was cached beside the input, OpenAI in it.
    input_tokens: usage ? usage.input - usage.cached : 0,
    cache_read_input_tokens: usage?.cached ?? 0,
    cache_creation_input_tokens: 0,
    output_tokens: usage?.output ?? 0,
  };
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model };
  const blocks = [
    ...(reasoning === ''
      ? []
      : [{ block: { type: 'thinking', thinking: '', signature: '' }, deltas: thinking(reasoning) }]),
    ...(text === '' ? [] : [{ block: { type: 'text', text: '' }, deltas: texts(text) }]),
    ...toolCalls.map((call) => ({
      block: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      deltas: halves(call.arguments).map((half) => ({ type: 'input_json_delta', partial_json: half })),
    })),
  ];
  const events = [
    {
      type: 'message_start',
      message: {
        ...head,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...counted, output_tokens: 1 },
      },
    },
    { type: 'ping' },
    ...blocks.flatMap(({ block, deltas }, index) => [
      { type: 'content_block_start', index, content_block: block },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: STOP_REASONS[finish], stop_sequence: null },
      usage: { output_tokens: counted.output_tokens },
    },
    { type: 'message_stop' },
  ];
  return {
    whole: {
      ...head,
      content: [
        ...(text === '' ? [] : [{ type: 'text', text }]),
        ...toolCalls.map((call) => ({
          type: 'tool_use',
          id: call.id,
          name: call.name,
          input: JSON.parse(call.arguments) as unknown,
        })),
      ],
      stop_reason: STOP_REASONS[finish],
      stop_sequence: null,
      usage: counted,
    },
    events: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  };
}

const thinking = (text: string) => words(text).map((word) => ({ type: 'thinking_delta', thinking: word }));
const texts = (text: string) => words(text).map((word) => ({ type: 'text_delta', text: word }));

/** Vectors of 16 dimensions, the same for the same text. */
export function embeddings({ input, encoding_format: encoding }: Readonly<Record<string, unknown>>): unknown {
  const data = [input as string | string[]].flat().map((text, index) => {
    const hash = createHash('sha256').update(text).digest();
    const vector = Float32Array.from({ length: 16 }, (_, i) => (hash[i] ?? 0) / 255 - 0.5);
    const base64 = Buffer.from(vector.buffer).toString('base64');
    return { object: 'embedding', index, embedding: encoding === 'base64' ? base64 : [...vector] };
  });
  return { object: 'list', model: 'scripted', data, usage: { prompt_tokens: 0, total_tokens: 0 } };
}
