import { z } from 'zod';
import { AnySchema, FunctionName, TokenLimit, maybe, sampling } from './openai-common.ts';

const TextPart = z.object({ type: z.literal(['input_text', 'output_text']), text: z.string() });
const RefusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const ImagePart = z.object({ type: z.literal('input_image'), image_url: z.string() });

const Message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, RefusalPart, ImagePart]))]),
});
const FunctionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string().min(1).max(200),
  name: FunctionName,
  arguments: z.string(),
});
const FunctionCallOutput = z.object({
  type: z.literal('function_call_output'),
  call_id: z.string().min(1).max(200),
  output: z.union([z.string(), z.array(TextPart)]),
});
/** Thoughts of a model that come back with its answer; they are no part of the conversation. */
const Reasoning = z.object({ type: z.literal('reasoning') });

const INPUT =
  'Expected a text, or a list of messages (their parts input_text or input_image), function_call and function_call_output.';
const Item = z.union([Message, FunctionCall, FunctionCallOutput, Reasoning]);
export type ResponseInputItem = z.infer<typeof Item>;

const Tool = z.object({
  type: z.literal('function', { error: 'Expected a function; Jiwa has no built-in tools.' }),
  name: FunctionName,
  description: maybe(z.string()),
  parameters: maybe(AnySchema),
});

const Format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), name: FunctionName, schema: AnySchema }),
]);

/** A response as clients ask for it; what is not named here is ignored. */
export const ResponseRequest = z.object({
  ...sampling,
  input: z.union([z.string(), z.array(Item).max(10_000)], { error: INPUT }),
  instructions: maybe(z.string()),
  max_output_tokens: TokenLimit,
  tools: maybe(z.array(Tool).max(128)),
  tool_choice: maybe(
    z.union([
      z.enum(['auto', 'none', 'required']),
      z.object({ type: z.literal('function'), name: FunctionName }),
    ]),
  ),
  text: maybe(z.object({ format: maybe(Format) })),
  previous_response_id: maybe(z.string().max(200)),
  conversation: maybe(z.union([z.string().min(1).max(500), z.object({ id: z.string().min(1).max(500) })])),
  store: maybe(z.boolean()),
  background: maybe(z.literal(false, { error: 'Expected false: a response is made while you wait.' })),
});
export type ResponseRequest = z.infer<typeof ResponseRequest>;
