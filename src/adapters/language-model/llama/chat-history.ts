import type {
  ChatHistoryItem,
  ChatModelFunctionCall,
  ChatModelFunctions,
  ChatModelResponse,
  GbnfJsonSchema,
} from 'node-llama-cpp';
import { AppError } from '../../../core/errors.ts';
import type { ContentPart, ModelMessage, ModelRequest } from '../../../ports/language-model.ts';
import { grammarSchema } from './grammar-schema.ts';

/**
 * Messages as node-llama-cpp knows them; the last item is the answer that is to be written. Throws `unsupported` for images,
 * `invalid-input` for no message at all or the result of a tool that nobody called.
 */
export function chatHistory(messages: readonly ModelMessage[]): ChatHistoryItem[] {
  if (messages.length === 0) throw new AppError('invalid-input', 'Expected at least one message, got none.');
  const items: ChatHistoryItem[] = [];
  const calls = new Map<string, ChatModelFunctionCall>();
  for (const message of messages) {
    switch (message.role) {
      case 'system':
        items.push({ type: 'system', text: message.text });
        break;
      case 'user':
        items.push({ type: 'user', text: message.parts.map(textOf).join('\n') });
        break;
      case 'assistant':
        answerOf(items).response.push(...saidBy(message, calls));
        break;
      case 'tool':
        resultOf(message.callId, calls).result = message.text;
        break;
    }
  }
  answerOf(items);
  return items;
}

/** The answer at the end; a new one after anything else. */
function answerOf(items: ChatHistoryItem[]): ChatModelResponse {
  const last = items.at(-1);
  if (last?.type === 'model') return last;
  const answer: ChatModelResponse = { type: 'model', response: [] };
  items.push(answer);
  return answer;
}

function saidBy(
  { text, toolCalls = [] }: Extract<ModelMessage, { role: 'assistant' }>,
  calls: Map<string, ChatModelFunctionCall>,
): ChatModelResponse['response'] {
  const called = toolCalls.map(({ id, name, arguments: params }): ChatModelFunctionCall => {
    const call = { type: 'functionCall' as const, name, params: parsed(params), result: '' };
    calls.set(id, call);
    return call;
  });
  return text === '' ? called : [text, ...called];
}

function resultOf(callId: string, calls: ReadonlyMap<string, ChatModelFunctionCall>): ChatModelFunctionCall {
  const call = calls.get(callId);
  if (call !== undefined) return call;
  throw new AppError('invalid-input', `Expected a tool call before its result; nothing called ${callId}.`);
}

/** The arguments are what a model wrote: perhaps no JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function textOf(part: ContentPart): string {
  if (part.kind === 'text') return part.text;
  throw new AppError('unsupported', 'A local model reads no images; send text.');
}

/** The tools a model may call, by name. Throws `unsupported` where a call cannot be forced. */
export function chatFunctions({
  tools = [],
  toolChoice = 'auto',
}: ModelRequest): ChatModelFunctions | undefined {
  if (tools.length === 0 || toolChoice === 'none') return undefined;
  if (toolChoice !== 'auto')
    throw new AppError(
      'unsupported',
      'A local model cannot be made to call a tool; use the tool choice auto.',
    );
  return Object.fromEntries(
    tools.map(({ name, description, parameters }) => [
      name,
      {
        ...(description !== undefined && { description }),
        params: grammarSchema(parameters) as GbnfJsonSchema,
      },
    ]),
  );
}
