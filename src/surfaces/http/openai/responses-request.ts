import type { IncomingHttpHeaders } from 'node:http';
import type { ModelMessage, CompletionRequest, CompletionWishes } from '../../../wire/completion.ts';
import type { ResponseInputItem, ResponseRequest } from '../../../wire/openai-responses.ts';
import { calledTool } from './chat-request.ts';
import { imagePart, joined } from './content.ts';
import { given } from './given.ts';
import { memoryChoice } from './memory-choice.ts';

type InputMessage = Extract<ResponseInputItem, { role: string }>;

const ANY_OBJECT = { type: 'object' };

function said({ role, content }: InputMessage, at: string): ModelMessage {
  const parts = typeof content === 'string' ? [{ type: 'input_text' as const, text: content }] : content;
  const read = parts.map((part, index) => {
    if (part.type === 'input_image') return imagePart(part.image_url, `${at}.content.${index}.image_url`);
    return { kind: 'text' as const, text: part.type === 'refusal' ? part.refusal : part.text };
  });
  if (role === 'user') return { role, parts: read };
  const text = joined(read.filter((part) => part.kind === 'text'));
  return { role: role === 'assistant' ? role : 'system', text };
}

type Item<T extends string> = Extract<ResponseInputItem, { type: T }>;

/** A call joins the words the assistant said before it. */
function addCall(messages: ModelMessage[], item: Item<'function_call'>): void {
  const { call_id: id, name, arguments: args } = item;
  const last = messages.at(-1);
  const before = last?.role === 'assistant' ? last : undefined;
  if (before !== undefined) messages.pop();
  const toolCalls = [...(before?.toolCalls ?? []), { id, name, arguments: args }];
  messages.push({ role: 'assistant', text: before?.text ?? '', toolCalls });
}

function addResult(messages: ModelMessage[], item: Item<'function_call_output'>, at: string): void {
  const { call_id: callId, output } = item;
  const calls = messages.flatMap((message) =>
    message.role === 'assistant' ? (message.toolCalls ?? []) : [],
  );
  const called = new Map(calls.map((call) => [call.id, call]));
  const name = calledTool(callId, called, `${at}.call_id`);
  messages.push({ role: 'tool', callId, name, text: joined(output) });
}

/** What an item adds to the conversation. */
function add(messages: ModelMessage[], item: ResponseInputItem, at: string): void {
  switch (item.type) {
    case 'reasoning':
      return;
    case 'function_call':
      addCall(messages, item);
      return;
    case 'function_call_output':
      addResult(messages, item, at);
      return;
    case 'message':
    case undefined:
      messages.push(said(item, at));
  }
}

/** The conversation so far with the new input, without instructions, which hold for one response only. */
export function conversationOf(
  before: readonly ModelMessage[],
  { input }: ResponseRequest,
): readonly ModelMessage[] {
  if (typeof input === 'string') return [...before, { role: 'user', parts: [{ kind: 'text', text: input }] }];
  const messages = [...before];
  for (const [index, item] of input.entries()) add(messages, item, `input.${index}`);
  return messages;
}

function outputOf(body: ResponseRequest): CompletionWishes['output'] {
  const format = body.text?.format;
  if (format?.type === 'json_object') return { name: 'object', schema: ANY_OBJECT };
  return format?.type === 'json_schema' ? { name: format.name, schema: format.schema } : undefined;
}

function wishesOf(body: ResponseRequest): CompletionWishes {
  const { tool_choice: choice } = body;
  return given({
    maxOutputTokens: body.max_output_tokens,
    temperature: body.temperature,
    topP: body.top_p,
    tools: body.tools?.map(({ name, description, parameters = ANY_OBJECT }) => {
      return { name, parameters, ...given({ description }) };
    }),
    toolChoice: typeof choice === 'object' ? { name: choice.name } : choice,
    output: outputOf(body),
  });
}

/** A response's body as the use case takes it, over the conversation it continues. */
export function responseRequest(
  body: ResponseRequest,
  messages: readonly ModelMessage[],
  headers: IncomingHttpHeaders,
): CompletionRequest {
  const { conversation, metadata, user, instructions } = body;
  const name = typeof conversation === 'object' ? conversation.id : conversation;
  const instructed = instructions === undefined ? [] : [{ role: 'system', text: instructions } as const];
  return {
    model: body.model,
    messages: [...instructed, ...messages],
    asked: wishesOf(body),
    ...memoryChoice(headers, { metadata, user, conversation: name }),
  };
}
