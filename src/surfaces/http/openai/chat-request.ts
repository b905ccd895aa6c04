import type { IncomingHttpHeaders } from 'node:http';
import { unreachable } from '../../../core/errors.ts';
import type {
  ModelMessage,
  CompletionRequest,
  ToolCall,
  CompletionWishes,
} from '../../../wire/completion.ts';
import type { ChatCompletionRequest, ChatMessage } from '../../../wire/openai-chat.ts';
import { imagePart, joined } from './content.ts';
import { wrongField } from './errors.ts';
import { given } from './given.ts';
import { memoryChoice } from './memory-choice.ts';

type Of<R extends ChatMessage['role']> = Extract<ChatMessage, { role: R }>;

const ANY_OBJECT = { type: 'object' };

function userMessage({ content }: Of<'user'>, at: string): ModelMessage {
  if (typeof content === 'string') return { role: 'user', parts: [{ kind: 'text', text: content }] };
  const parts = content.map((part, index) =>
    part.type === 'text'
      ? ({ kind: 'text', text: part.text } as const)
      : imagePart(part.image_url.url, `${at}.content.${index}.image_url.url`),
  );
  return { role: 'user', parts };
}

function assistantMessage({ content, refusal, tool_calls: calls }: Of<'assistant'>): ModelMessage {
  const parts = typeof content === 'string' ? [content] : (content ?? []);
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part;
    return part.type === 'text' ? part.text : part.refusal;
  });
  const text = [...texts, refusal ?? []].flat().join('\n');
  const toolCalls = calls?.map(({ id, function: { name, arguments: args } }) => {
    return { id, name, arguments: args };
  });
  return { role: 'assistant', text, ...given({ toolCalls }) };
}

/** The name of the tool whose result a message brings, which is only in the call before it. */
export function calledTool(callId: string, called: ReadonlyMap<string, ToolCall>, param: string): string {
  const name = called.get(callId)?.name;
  if (name !== undefined) return name;
  throw wrongField(param, `Expected the id of a tool call earlier in the conversation, got ${callId}.`);
}

function messagesOf(messages: readonly ChatMessage[]): ModelMessage[] {
  const called = new Map<string, ToolCall>();
  return messages.map((message, index) => {
    const at = `messages.${index}`;
    switch (message.role) {
      case 'user':
        return userMessage(message, at);
      case 'assistant': {
        const said = assistantMessage(message);
        if (said.role === 'assistant') for (const call of said.toolCalls ?? []) called.set(call.id, call);
        return said;
      }
      case 'tool': {
        const { tool_call_id: callId, content } = message;
        const name = calledTool(callId, called, `${at}.tool_call_id`);
        return { role: 'tool', callId, name, text: joined(content) };
      }
      case 'system':
      case 'developer':
        return { role: 'system', text: joined(message.content) };
      default:
        return unreachable(message);
    }
  });
}

function outputOf(format: ChatCompletionRequest['response_format']): CompletionWishes['output'] {
  if (format?.type === 'json_object') return { name: 'object', schema: ANY_OBJECT };
  return format?.type === 'json_schema' ? format.json_schema : undefined;
}

function wishesOf(body: ChatCompletionRequest): CompletionWishes {
  const { stop, tool_choice: choice } = body;
  return given({
    maxOutputTokens: body.max_completion_tokens ?? body.max_tokens,
    temperature: body.temperature,
    topP: body.top_p,
    stop: typeof stop === 'string' ? [stop] : stop,
    seed: body.seed,
    tools: body.tools?.map(({ function: { name, description, parameters = ANY_OBJECT } }) => {
      return { name, parameters, ...given({ description }) };
    }),
    toolChoice: typeof choice === 'object' ? { name: choice.function.name } : choice,
    output: outputOf(body.response_format),
  });
}

/** A chat completion's body as the use case takes it. Throws `invalid-input` naming the field. */
export function chatRequest(body: ChatCompletionRequest, headers: IncomingHttpHeaders): CompletionRequest {
  return {
    model: body.model,
    messages: messagesOf(body.messages),
    asked: wishesOf(body),
    ...memoryChoice(headers, body),
  };
}
