import { createHash, randomUUID } from 'node:crypto';

/** A new random UUID (version 4). */
export function newId(): string {
  return randomUUID();
}

/** Namespace of every derived id of Jiwa; changing it would change all of them. */
const NAMESPACE = Buffer.from('6f1c2f7e0b0e4c1f9d4a2b6a7c3d5e80', 'hex');

/**
 * UUIDv5 (RFC 9562 §5.5) of the owner and the parts, so doing the same work twice writes the same rows.
 * Parts are length-prefixed: ('ab','c') and ('a','bc') differ.
 */
export function derivedId(ownerId: string, ...parts: readonly (string | number)[]): string {
  const hash = createHash('sha1').update(NAMESPACE);
  for (const part of [ownerId, ...parts]) {
    const text = String(part);
    hash.update(`${text.length}:${text};`);
  }
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** sha256 of text or bytes as 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** sha256 of bytes that come one after another. */
export function sha256Of(): { update(bytes: Uint8Array): void; hex(): string } {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a lower-case UUID, the only shape of an id that may become part of an object key. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
