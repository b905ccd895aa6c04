import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';

export type Numbers =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** What a snapshot is made of. */
export interface SnapshotParts {
  readonly numbers: Readonly<Record<string, number>>;
  readonly arrays: Readonly<Record<string, Numbers>>;
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** Magic and version of the format: another one is ignored, and replaced in time. */
const MAGIC = 0x4a495831;
/** Magic, checksum of all that follows, length of the header. */
const PREFIX_BYTES = 12;

const TYPES = { Float64Array, Int32Array, Uint32Array, Uint8Array } as const;

const headerSchema = z.object({
  name: z.string(),
  numbers: z.record(z.string(), z.number()),
  arrays: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['Float64Array', 'Int32Array', 'Uint32Array', 'Uint8Array']),
      length: z.int().min(0),
    }),
  ),
  texts: z.record(z.string(), z.array(z.string())),
});

/** Writes a file beside the old one and then in its place. `name` tells it from older and newer ones. */
export function writeSnapshot(path: string, name: string, { numbers, arrays, texts }: SnapshotParts): void {
  const described = Object.entries(arrays).map(([name, array]) => {
    return { name, type: array.constructor.name, length: array.length };
  });
  const header = Buffer.from(JSON.stringify({ name, numbers, arrays: described, texts }));
  const contents = [header, ...Object.values(arrays)];
  const checksum = contents.reduce((sum, bytes) => crc32(bytes, sum), 0);
  const prefix = Buffer.from(Uint32Array.of(MAGIC, checksum, header.length).buffer);
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    for (const bytes of [prefix, ...contents]) writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/** The parts as they were written; `undefined` when there is no file of that name, or it is damaged or of another format. */
export function readSnapshot(path: string, name: string): SnapshotParts | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // No snapshot: the index is built from the file of the store.
    return undefined;
  }
  try {
    return readParts(file, name);
  } catch {
    // Cut short or damaged, which the checksum or the length tells: a snapshot is only ever a shortcut.
    return undefined;
  } finally {
    closeSync(file);
  }
}

export function removeSnapshot(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.new`, { force: true });
}

function readParts(file: number, name: string): SnapshotParts | undefined {
  const prefix = new Uint32Array(PREFIX_BYTES / 4);
  readAll(file, prefix);
  const [magic, checksum, headerBytes = 0] = prefix;
  if (magic !== MAGIC) return undefined;
  const headerText = Buffer.alloc(headerBytes);
  readAll(file, headerText);
  let sum = crc32(headerText);
  const header = headerSchema.parse(JSON.parse(headerText.toString()));
  if (header.name !== name) return undefined;
  const arrays: Record<string, Numbers> = {};
  for (const { name, type, length } of header.arrays) {
    const array = new TYPES[type](length);
    readAll(file, array);
    sum = crc32(array, sum);
    arrays[name] = array;
  }
  return sum === checksum ? { numbers: header.numbers, arrays, texts: header.texts } : undefined;
}

const bytesOf = (view: NodeJS.ArrayBufferView) =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function writeAll(file: number, view: NodeJS.ArrayBufferView): void {
  const bytes = bytesOf(view);
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

function readAll(file: number, view: NodeJS.ArrayBufferView): void {
  const bytes = bytesOf(view);
  for (let done = 0; done < bytes.length;) {
    const read = readSync(file, bytes, done, bytes.length - done, null);
    if (read === 0) throw new Error('The file ends too early.');
    done += read;
  }
}
