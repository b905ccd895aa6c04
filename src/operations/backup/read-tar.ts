import { AppError } from '../../core/errors.ts';

const BLOCK = 512;
const SUM_AT = 148;
const SUM_BYTES = 8;

/** A file in a tar archive, as it comes by. What of `content` is not read when the next file is asked for is passed over. */
export interface TarFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Bytes of a stream, taken in the sizes that the reader wants. */
function taking(source: AsyncIterable<Uint8Array>) {
  const pieces = source[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  const some = async (most: number): Promise<Uint8Array> => {
    while (rest.length === 0) {
      const next = await pieces.next();
      if (next.done === true) throw new AppError('unreadable', 'Expected a whole archive; it breaks off.');
      rest = next.value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(most);
    return piece;
  };
  return {
    some,
    async exactly(size: number): Promise<Uint8Array> {
      const all = new Uint8Array(size);
      for (let at = 0; at < size;) {
        const piece = await some(size - at);
        all.set(piece, at);
        at += piece.length;
      }
      return all;
    },
    async end(): Promise<void> {
      await pieces.return?.();
    },
  };
}

function textAt(header: Uint8Array, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function numberAt(header: Uint8Array, from: number, length: number): number {
  const text = textAt(header, from, length).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

function sumOf(header: Uint8Array): number {
  const blank = SUM_BYTES * ' '.charCodeAt(0);
  const inSum = (_: number, at: number) => at < SUM_AT || at >= SUM_AT + SUM_BYTES;
  return header.filter(inSum).reduce((total, byte) => total + byte, blank);
}

function fileOf(header: Uint8Array): Omit<TarFile, 'content'> {
  const sizeBytes = numberAt(header, 124, 12);
  const isFile = ['0', ''].includes(textAt(header, 156, 1));
  if (sumOf(header) !== numberAt(header, SUM_AT, SUM_BYTES) || !isFile || Number.isNaN(sizeBytes))
    throw new AppError('unreadable', 'Expected an archive made by Jiwa: a tar file that holds only files.');
  const prefix = textAt(header, 345, 155);
  const name = textAt(header, 0, 100);
  return { path: prefix === '' ? name : `${prefix}/${name}`, sizeBytes };
}

/**
 * The files of a tar archive, one after another; memory holds one piece of the stream. For what `tarHeader` writes: plain
 * files of less than 8 GiB. Throws `unreadable` for anything else, and where the stream breaks off.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile, void, void> {
  const bytes = taking(source);
  try {
    for (;;) {
      const header = await bytes.exactly(BLOCK);
      if (header.every((byte) => byte === 0)) return;
      const file = fileOf(header);
      let left = file.sizeBytes;
      const content = async function* (): AsyncGenerator<Uint8Array, void, void> {
        while (left > 0) {
          const piece = await bytes.some(left);
          left -= piece.length;
          yield piece;
        }
      };
      yield { ...file, content: content() };
      while (left > 0) left -= (await bytes.some(left)).length;
      await bytes.exactly((BLOCK - (file.sizeBytes % BLOCK)) % BLOCK);
    }
  } finally {
    await bytes.end();
  }
}
