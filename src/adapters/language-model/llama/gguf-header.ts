import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { tensorBytes } from './ggml-types.ts';
import { ggufCursor, MoreBytesNeeded, NotGguf, type GgufCursor, type MetadataValue } from './gguf-cursor.ts';

/** What a GGUF file says of itself before its weights. */
export interface GgufHeader {
  readonly kind: 'model' | 'adapter';
  /** `qwen2`, `llama` … */
  readonly architecture: string;
  readonly name: string | undefined;
  /** Longest text the model was trained on, in tokens. */
  readonly contextTokens: number | undefined;
  /** Jinja text that turns messages into a prompt. */
  readonly chatTemplate: string | undefined;
  readonly sizeBytes: number;
  /** Lengths of the tensors in this file by their names; of a model in parts it is not all of them. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

const FIRST_READ_BYTES = 1024 * 1024;
/** The largest vocabularies take about 20 MB. */
const MOST_HEADER_BYTES = 256 * 1024 * 1024;
const VERSIONS: ReadonlySet<number> = new Set([2, 3]);
const MOST_ENTRIES = 100_000;
const MOST_DIMENSIONS = 8;
const ALIGNMENT = 32;

/**
 * Reads and checks the header of a GGUF file, so that native code only sees files that are whole: magic, version, every
 * tensor inside the file. Throws `not-found`, `unreadable` (damaged or cut off) or `unsupported` (another version).
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  await using file = await opened(path);
  const { size } = await file.stat();
  for (let bytes = FIRST_READ_BYTES; ; bytes *= 4) {
    const start = await firstBytes(file, Math.min(bytes, size));
    try {
      return parseGgufHeader(start, size);
    } catch (error) {
      if (error instanceof AppError) throw error;
      const more = error instanceof MoreBytesNeeded && start.length < Math.min(size, MOST_HEADER_BYTES);
      if (!more) throw damaged(basename(path), error);
    }
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new AppError('not-found', `There is no readable file ${basename(path)}.`, { cause });
  }
}

async function firstBytes(file: FileHandle, count: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(count);
  const { bytesRead } = await file.read(buffer, 0, count, 0);
  return buffer.subarray(0, bytesRead);
}

function damaged(name: string, error: unknown): AppError {
  const reason = error instanceof NotGguf ? error.message : 'it ends too early';
  return new AppError('unreadable', `${name} is no whole GGUF file: ${reason}.`, { cause: error });
}

/** The header in the first bytes of a file of `sizeBytes`. Throws also `MoreBytesNeeded` and `NotGguf`. */
function parseGgufHeader(bytes: Uint8Array, sizeBytes: number): GgufHeader {
  const cursor = ggufCursor(bytes);
  if (cursor.u32() !== 0x4655_4747) throw new NotGguf('it does not begin with GGUF');
  const version = cursor.u32();
  if (!VERSIONS.has(version))
    throw new AppError('unsupported', `Expected a GGUF file of version 2 or 3, got version ${version}.`);
  const tensors = count(cursor, 'tensors');
  const metadata = readMetadata(cursor, count(cursor, 'entries'));
  const alignment = number(metadata, 'general.alignment') ?? ALIGNMENT;
  const shapes = readShapes(cursor, { tensors, sizeBytes, alignment });
  const architecture = text(metadata, 'general.architecture');
  if (architecture === undefined) throw new NotGguf('it names no architecture');
  return {
    kind: text(metadata, 'general.type') === 'adapter' ? 'adapter' : 'model',
    architecture,
    name: text(metadata, 'general.name'),
    contextTokens: number(metadata, `${architecture}.context_length`),
    chatTemplate: text(metadata, 'tokenizer.chat_template'),
    sizeBytes,
    shapes,
  };
}

function count(cursor: GgufCursor, what: string): number {
  const value = cursor.u64();
  if (value > MOST_ENTRIES) throw new NotGguf(`it claims ${value} ${what}`);
  return value;
}

function readMetadata(cursor: GgufCursor, entries: number): ReadonlyMap<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  for (let index = 0; index < entries; index++) {
    const key = cursor.string();
    metadata.set(key, cursor.value(cursor.u32()));
  }
  return metadata;
}

interface TensorPart {
  readonly tensors: number;
  readonly sizeBytes: number;
  readonly alignment: number;
}

/** Checks that every tensor lies within the file. */
function readShapes(
  cursor: GgufCursor,
  { tensors, sizeBytes, alignment }: TensorPart,
): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  let needed = 0;
  for (let index = 0; index < tensors; index++) {
    const name = cursor.string();
    const dimensions = cursor.u32();
    if (dimensions > MOST_DIMENSIONS) throw new NotGguf(`a tensor has ${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, () => cursor.u64());
    shapes.set(name, shape);
    const values = shape.reduce((product, length) => product * length, 1);
    const type = cursor.u32();
    needed = Math.max(needed, cursor.u64() + tensorBytes(type, values));
  }
  const start = Math.ceil(cursor.position() / alignment) * alignment;
  if (start + needed > sizeBytes) throw new NotGguf('its last tensors are missing');
  return shapes;
}

function text(metadata: ReadonlyMap<string, MetadataValue>, key: string): string | undefined {
  const value = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}

function number(metadata: ReadonlyMap<string, MetadataValue>, key: string): number | undefined {
  const value = metadata.get(key);
  return typeof value === 'number' && value > 0 ? value : undefined;
}
