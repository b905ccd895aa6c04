import { AppError } from '../../core/errors.ts';
import { openZip } from '../connections/limited-zip.ts';
import type { ReadLimits } from './read-limits.ts';

/** The container of Office files before 2007, and of protected ones since. */
export function isOle(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 8)).toString('hex') === 'd0cf11e0a1b11ae1';
}

/** True for an OLE container that holds an encrypted Office document (MS-OFFCRYPTO §2.3). */
export function isProtectedOffice(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(
    'EncryptedPackage',
    0,
    'utf16le',
  );
}

/** Proves that the Office readers may unpack this file: they have no limits of their own. */
export async function checkOfficeFile(bytes: Uint8Array, limits: ReadLimits): Promise<void> {
  if (isOle(bytes)) throw new AppError('unreadable', 'The document is protected by a password.');
  const zip = await openZip(bytes, limits.zip);
  // The child process this runs in is ended from outside; no signal reaches into it.
  await zip.verify(new AbortController().signal);
}
