import { z } from 'zod';
import { AnySchema, FunctionName, TokenLimit, maybe, sampling } from './openai-common.ts';

const TextPart = z.object({ type: z.literal('text'), text: z.string() });
const ImagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string() }),
});
const Texts = z.union([z.string(), z.array(TextPart)], { error: 'Expected a text or a list of text parts.' });

const ToolCall = z.object({
  id: z.string().min(1).max(200),
  type: z.literal('function').default('function'),
  function: z.object({ name: FunctionName, arguments: z.string() }),
});

const Message = z.discriminatedUnion('role', [
  z.object({ role: z.literal(['system', 'developer']), content: Texts }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, ImagePart]))], {
      error: 'Expected a text or a list of parts, each text or image_url.',
    }),
  }),
  z.object({
    role: z.literal('assistant'),
    content: maybe(
      z.union([
        z.string(),
        z.array(
          z.discriminatedUnion('type', [
            TextPart,
            z.object({ type: z.literal('refusal'), refusal: z.string() }),
          ]),
        ),
      ]),
    ),
    refusal: maybe(z.string()),
    tool_calls: maybe(z.array(ToolCall).max(128)),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string().min(1).max(200), content: Texts }),
]);
export type ChatMessage = z.infer<typeof Message>;

const Tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: FunctionName,
    description: maybe(z.string()),
    parameters: maybe(AnySchema),
  }),
});

const ToolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: FunctionName }) }),
]);

const ResponseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: FunctionName, schema: AnySchema }),
  }),
]);

const ONE_CHOICE = 'Expected 1: one answer a request.';

/** A chat completion as clients ask for it; what is not named here is ignored. */
export const ChatCompletionRequest = z.object({
  ...sampling,
  messages: z.array(Message).min(1).max(10_000),
  n: maybe(z.literal(1, { error: ONE_CHOICE })),
  max_tokens: TokenLimit,
  max_completion_tokens: TokenLimit,
  stop: maybe(z.union([z.string().min(1), z.array(z.string().min(1)).max(16)])),
  seed: maybe(z.number().int()),
  tools: maybe(z.array(Tool).max(128)),
  tool_choice: maybe(ToolChoice),
  response_format: maybe(ResponseFormat),
  stream_options: maybe(z.object({ include_usage: maybe(z.boolean()) })),
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;
