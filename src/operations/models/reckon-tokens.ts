import type { ModelRequest, ModelUsage } from '../../ports/language-model.ts';

const encoder = new TextEncoder();

/** Bytes of UTF-8 in a token: about 4 in English, 3 in Indonesian, 2.5 in Chinese and Russian. */
const USUAL_BYTES = 3;
/** Fewer bytes, so more tokens than there will be: what is reserved should not be too little. */
const LEAST_BYTES = 2;
/** What the format of a message adds. */
const MESSAGE_TOKENS = 8;
/** A picture of a usual size; providers reckon from about 260 to 1,600. */
const IMAGE_TOKENS = 1_600;
/** Taken where a request sets no limit: few answers are longer. */
const UNLIMITED_OUTPUT_TOKENS = 4_096;

const bytesOf = (text: string) => encoder.encode(text).length;

function sizes({ messages, tools, output }: ModelRequest): { bytes: number; images: number } {
  let bytes = 0;
  let images = 0;
  for (const message of messages) {
    if (message.role !== 'user') bytes += bytesOf(message.text);
    else {
      for (const part of message.parts) {
        if (part.kind === 'text') bytes += bytesOf(part.text);
        else images += 1;
      }
    }
    if (message.role === 'assistant') bytes += bytesOf(JSON.stringify(message.toolCalls ?? ''));
  }
  return { bytes: bytes + bytesOf(JSON.stringify([tools ?? '', output ?? ''])), images };
}

function inputTokens(request: ModelRequest, bytesPerToken: number): number {
  const { bytes, images } = sizes(request);
  return Math.ceil(bytes / bytesPerToken) + images * IMAGE_TOKENS + request.messages.length * MESSAGE_TOKENS;
}

/** The most a call is likely to use: what is reserved for it before it begins. */
export function mostTokens(request: ModelRequest): ModelUsage {
  const output = request.maxOutputTokens ?? UNLIMITED_OUTPUT_TOKENS;
  return { input: inputTokens(request, LEAST_BYTES), output, cached: 0 };
}

/** What a call is likely to have used whose provider told nothing, because it broke off or never does. */
export function likelyTokens(request: ModelRequest, writtenBytes: number): ModelUsage {
  return {
    input: inputTokens(request, USUAL_BYTES),
    output: Math.ceil(writtenBytes / USUAL_BYTES),
    cached: 0,
  };
}

/** Bytes of UTF-8 in what a model wrote. */
export const writtenBytes = bytesOf;
