import { ggufFile, type GgufTensor, type GgufValue } from './gguf-writer.ts';

export interface TinyGgufOptions {
  /** Two models of different starts say different things. Default 1. */
  readonly start?: number;
  /** `null`: the file has none. */
  readonly chatTemplate?: string | null;
  /** Default 32,768. */
  readonly contextTokens?: number;
  /** Default `qwen2`. */
  readonly architecture?: string;
}

/** The template that Qwen2.5 has, without its tools. */
export const TINY_TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const WIDTH = 64;
const HEADS = 4;
const KEY_HEADS = 2;
const KEY_WIDTH = (WIDTH / HEADS) * KEY_HEADS;
const INNER = 128;
const LAYERS = 2;
const RANK = 4;

const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const END = 256 + SPECIAL.indexOf('<|im_end|>');

/** Where each token's vector carries the same number, so that the last layer can tell wanted tokens from others. */
const CONSTANT = 0;

/**
 * A Qwen2 of two layers with random weights (about 400 kB), the same bytes each time: a token per byte, no merges, a chat
 * template. It writes random printable ASCII, so its text is whole at every place, and ends now and then by itself.
 */
export function tinyGguf(options: TinyGgufOptions = {}): Buffer {
  const { start = 1, chatTemplate = TINY_TEMPLATE, contextTokens = 32_768, architecture = 'qwen2' } = options;
  const random = randomNumbers(start);
  const tokens = [...byteTokens(), ...SPECIAL];
  const metadata: Record<string, GgufValue> = {
    'general.architecture': text(architecture),
    'general.type': text('model'),
    'general.name': text(`Tiny ${start}`),
    [`${architecture}.block_count`]: u32(LAYERS),
    [`${architecture}.context_length`]: u32(contextTokens),
    [`${architecture}.embedding_length`]: u32(WIDTH),
    [`${architecture}.feed_forward_length`]: u32(INNER),
    [`${architecture}.attention.head_count`]: u32(HEADS),
    [`${architecture}.attention.head_count_kv`]: u32(KEY_HEADS),
    [`${architecture}.rope.freq_base`]: { type: 'f32', value: 1_000_000 },
    [`${architecture}.attention.layer_norm_rms_epsilon`]: { type: 'f32', value: 1e-6 },
    'general.file_type': u32(0),
    'general.quantization_version': u32(2),
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('qwen2'),
    'tokenizer.ggml.tokens': { type: 'strings', value: tokens },
    'tokenizer.ggml.token_type': { type: 'i32s', value: tokens.map((_, id) => (id < 256 ? 1 : 3)) },
    'tokenizer.ggml.merges': { type: 'strings', value: [] },
    'tokenizer.ggml.eos_token_id': u32(END),
    'tokenizer.ggml.padding_token_id': u32(256),
    'tokenizer.ggml.bos_token_id': u32(256),
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
    ...(chatTemplate !== null && { 'tokenizer.chat_template': text(chatTemplate) }),
  };
  return ggufFile(metadata, [
    embeddings(random, tokens.length),
    tensor('output_norm.weight', [WIDTH], () => 1),
    output(random, tokens.length),
    ...Array.from({ length: LAYERS }, (_, layer) => layerTensors(random, layer)).flat(),
  ]);
}

/** An adapter for every tiny model, or for one of another width; another start makes it say other things. */
export function tinyLora(start = 1, architecture = 'qwen2', width = WIDTH): Buffer {
  const random = randomNumbers(1_000 + start);
  const tensors: GgufTensor[] = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    const pair = (name: string, [inner, outer]: readonly [number, number]) => [
      tensor(`blk.${layer}.${name}.weight.lora_a`, [inner, RANK], random),
      withoutConstant(tensor(`blk.${layer}.${name}.weight.lora_b`, [RANK, outer], random)),
    ];
    tensors.push(...pair('attn_output', [width, width]), ...pair('ffn_down', [INNER, width]));
  }
  const metadata: Record<string, GgufValue> = {
    'general.architecture': text(architecture),
    'general.type': text('adapter'),
    'adapter.type': text('lora'),
    'adapter.lora.alpha': { type: 'f32', value: RANK / 16 },
    'general.quantization_version': u32(2),
  };
  return ggufFile(metadata, tensors);
}

function layerTensors(random: () => number, layer: number): GgufTensor[] {
  const named = (name: string, shape: readonly number[], next: () => number) =>
    tensor(`blk.${layer}.${name}`, shape, next);
  const small = () => random() * 0.1;
  return [
    named('attn_norm.weight', [WIDTH], () => 1),
    named('attn_q.weight', [WIDTH, WIDTH], random),
    named('attn_q.bias', [WIDTH], small),
    named('attn_k.weight', [WIDTH, KEY_WIDTH], random),
    named('attn_k.bias', [KEY_WIDTH], small),
    named('attn_v.weight', [WIDTH, KEY_WIDTH], random),
    named('attn_v.bias', [KEY_WIDTH], small),
    named('attn_output.weight', [WIDTH, WIDTH], small),
    named('ffn_norm.weight', [WIDTH], () => 1),
    named('ffn_gate.weight', [WIDTH, INNER], random),
    named('ffn_up.weight', [WIDTH, INNER], random),
    named('ffn_down.weight', [INNER, WIDTH], small),
  ];
}

function embeddings(random: () => number, count: number): GgufTensor {
  const made = tensor('token_embd.weight', [WIDTH, count], random);
  for (let id = 0; id < count; id++) made.values[id * WIDTH + CONSTANT] = 4;
  return made;
}

function output(random: () => number, count: number): GgufTensor {
  const made = tensor('output.weight', [WIDTH, count], () => random() * 0.4);
  for (let id = 0; id < count; id++) made.values[id * WIDTH + CONSTANT] = wish(id);
  return made;
}

/** Letters and spaces first, then the end and other printable characters, nothing else. */
function wish(id: number): number {
  const isLetter = (id >= 0x61 && id <= 0x7a) || id === 0x20;
  const isPrintable = (id > 0x20 && id < 0x7f) || id === END;
  if (isLetter) return 2;
  return isPrintable ? 1.4 : -8;
}

/** An adapter changes what is said, not which characters are. */
function withoutConstant(made: GgufTensor): GgufTensor {
  made.values.fill(0, CONSTANT * RANK, (CONSTANT + 1) * RANK);
  return made;
}

function tensor(name: string, shape: readonly number[], next: () => number): GgufTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return { name, shape, values: Float32Array.from({ length: size }, next) };
}

/** How byte-level tokenizers of this family write each byte as a visible character. */
function byteTokens(): string[] {
  let hidden = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(visible ? byte : 256 + hidden++);
  });
}

/** Uniform in -0.5 … 0.5 (mulberry32). */
function randomNumbers(start: number): () => number {
  let state = start * 0x9e37_79b9;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  };
}

function u32(value: number): GgufValue {
  return { type: 'u32', value };
}

function text(value: string): GgufValue {
  return { type: 'string', value };
}
