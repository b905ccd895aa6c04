import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
} from '@ai-sdk/provider';
import { AppError, unreachable } from '../../core/errors.ts';
import type { ModelFacts, ModelMessage, ModelRequest, ToolCall } from '../../ports/language-model.ts';

type Part = Exclude<LanguageModelV4Message['content'], string>[number];
type UserPart = Extract<LanguageModelV4Message, { role: 'user' }>['content'][number];

/** A request in the words of the SDK. Throws `invalid-input` for one that this model, or no model, can take. */
export function toCallOptions(request: ModelRequest, facts: ModelFacts): LanguageModelV4CallOptions {
  if (request.messages.length === 0)
    throw new AppError('invalid-input', 'Expected at least one message for the model, got none.');
  const { output, tools = [], toolChoice } = request;
  return {
    prompt: request.messages.map((message) => toMessage(message, facts)),
    ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.topP !== undefined && { topP: request.topP }),
    ...(request.stop !== undefined && { stopSequences: [...request.stop] }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(tools.length > 0 && { tools: tools.map(toTool) }),
    ...(tools.length > 0 && toolChoice !== undefined && { toolChoice: toChoice(toolChoice) }),
    ...(output !== undefined && {
      responseFormat: { type: 'json' as const, name: output.name, schema: output.schema },
    }),
  };
}

function toMessage(message: ModelMessage, facts: ModelFacts): LanguageModelV4Message {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.text };
    case 'user':
      return { role: 'user', content: message.parts.map((part) => toUserPart(part, facts)) };
    case 'assistant': {
      const text = message.text === '' ? [] : [{ type: 'text' as const, text: message.text }];
      return { role: 'assistant', content: [...text, ...(message.toolCalls ?? []).map(toToolCall)] };
    }
    case 'tool': {
      const { callId: toolCallId, name: toolName, text: value } = message;
      const output = { type: 'text' as const, value };
      return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] };
    }
    default:
      return unreachable(message);
  }
}

type UserParts = Extract<ModelMessage, { role: 'user' }>['parts'];

function toUserPart(part: UserParts[number], { name, images }: ModelFacts): UserPart {
  if (part.kind === 'text') return { type: 'text', text: part.text };
  if (!images) throw new AppError('invalid-input', `The model ${name.model} does not read images.`);
  return { type: 'file', mediaType: part.mediaType, data: { type: 'data', data: part.bytes } };
}

function toToolCall({ id, name, arguments: text }: ToolCall): Part & { type: 'tool-call' } {
  try {
    return { type: 'tool-call', toolCallId: id, toolName: name, input: JSON.parse(text || '{}') as unknown };
  } catch {
    // What the parser says quotes the arguments.
    throw new AppError('invalid-input', `Expected JSON as the arguments of the call of ${name}.`);
  }
}

function toTool({
  name,
  description,
  parameters,
}: NonNullable<ModelRequest['tools']>[number]): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name,
    inputSchema: parameters,
    ...(description !== undefined && { description }),
  };
}

function toChoice(
  choice: NonNullable<ModelRequest['toolChoice']>,
): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name };
}
