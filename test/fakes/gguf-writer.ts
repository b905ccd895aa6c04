/** A value of the metadata with its type in the file. */
export type GgufValue =
  | { readonly type: 'u32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'i32s'; readonly value: readonly number[] };

/** A tensor of 32-bit floats; `shape` as in the file: the length of a row first. */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const ALIGNMENT = 32;
const CODES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;

/** A GGUF file, version 3, all tensors F32. */
export function ggufFile(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): Buffer {
  const entries = Object.entries(metadata);
  let offset = 0;
  const infos = tensors.map(({ name, shape, values }) => {
    const info = [string(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset)];
    offset += padded(values.byteLength);
    return Buffer.concat(info);
  });
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(entries.length),
    ...entries.flatMap(([key, value]) => [string(key), encoded(value)]),
    ...infos,
  ]);
  const data = tensors.map(({ values }) =>
    aligned(Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
  return Buffer.concat([aligned(header), ...data]);
}

function encoded({ type, value }: GgufValue): Buffer {
  if (type === 'strings') return array(CODES.string, value.map(string));
  if (type === 'i32s') return array(CODES.i32, value.map(i32));
  return Buffer.concat([u32(CODES[type]), plain({ type, value } as PlainValue)]);
}

type PlainValue = Exclude<GgufValue, { readonly value: readonly unknown[] }>;

function plain({ type, value }: PlainValue): Buffer {
  if (type === 'string') return string(value);
  if (type === 'bool') return Buffer.from([Number(value)]);
  return type === 'u32' ? u32(value) : f32(value);
}

function array(code: number, values: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(CODES.array), u32(code), u64(values.length), ...values]);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function aligned(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
}
