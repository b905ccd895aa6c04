import { AppError } from '../../core/errors.ts';

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** Eleven octal digits (POSIX.1-2017, pax “ustar Interchange Format”). */
const LARGEST = 8 ** 11 - 1;

const encoder = new TextEncoder();

function split(path: string): { readonly prefix: string; readonly name: string } {
  if (path.length <= NAME_BYTES) return { prefix: '', name: path };
  const at = path.indexOf('/', path.length - NAME_BYTES - 1);
  if (at < 0 || at > PREFIX_BYTES) throw new AppError('internal', 'A path is too long for an archive.');
  return { prefix: path.slice(0, at), name: path.slice(at + 1) };
}

const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;

/** Header of one file in a tar archive; paths are ours and ASCII. Throws `too-large` from 8 GiB on. */
export function tarHeader(path: string, sizeBytes: number, modifiedAtMs: number): Uint8Array {
  if (sizeBytes > LARGEST)
    throw new AppError('too-large', 'A file of 8 GiB or more does not fit the archive.');
  const { prefix, name } = split(path);
  const fields: readonly (readonly [offset: number, text: string])[] = [
    [0, name],
    [100, octal(0o600, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(sizeBytes, 11)],
    [136, octal(Math.max(0, Math.floor(modifiedAtMs / 1000)), 11)],
    // The sum is taken with spaces in its own place.
    [148, '        '],
    [156, '0'],
    [257, 'ustar\u000000'],
    [345, prefix],
  ];
  const header = new Uint8Array(BLOCK);
  for (const [offset, text] of fields) header.set(encoder.encode(text), offset);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(encoder.encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return header;
}

/** Zeros that fill the last block of a file. */
export function tarPadding(sizeBytes: number): Uint8Array {
  return new Uint8Array((BLOCK - (sizeBytes % BLOCK)) % BLOCK);
}

/** How an archive ends. */
export const tarEnd: () => Uint8Array = () => new Uint8Array(2 * BLOCK);
