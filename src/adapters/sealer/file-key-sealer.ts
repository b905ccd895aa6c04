import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { SealedFor, Sealer } from '../../ports/sealer.ts';
import { keyOf, readKey, readOrMakeKey } from './key-file.ts';

export interface FileKeySealerOptions {
  /** Made at the first sealing, readable by this user only. Whoever has it can open every secret. */
  readonly keyFile: string;
  /** The key itself (32 bytes in base64), where several machines use one; then there is no file. */
  readonly key?: string | undefined;
}

/** `v1.<which key>.<nonce, tag and cipher text>`; another version can be told from it. */
const SEALED = /^v1\.([\w-]{11})\.([\w-]+)$/;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals with AES-256-GCM under a key in a file, or one that is given; the binding is authenticated, not stored. Throws
 * `invalid-input` when what is given is no key.
 */
export function fileKeySealer({ keyFile, key: given }: FileKeySealerOptions): Sealer {
  const shared = given === undefined ? undefined : givenKey(given);
  return {
    async seal(secret, boundTo) {
      const key = shared ?? (await readOrMakeKey(keyFile));
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(binding(boundTo));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      const sealed = Buffer.concat([nonce, cipher.getAuthTag(), text]);
      return `v1.${fingerprint(key)}.${sealed.toString('base64url')}`;
    },
    async open(sealed, boundTo) {
      const [, sealedBy, data] = SEALED.exec(sealed) ?? [];
      if (data === undefined)
        throw new AppError('unreadable', 'Expected a sealed secret, got something else.');
      const key = shared ?? (await readKey(keyFile));
      if (key === undefined || fingerprint(key) !== sealedBy)
        throw shared === undefined ? lostKey(keyFile, key !== undefined) : anotherKey();
      const bytes = Buffer.from(data, 'base64url');
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(binding(boundTo)).setAuthTag(tag);
        const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new AppError(
          'unreadable',
          'A sealed secret was changed or belongs to something else; enter it again.',
          {
            cause: error,
          },
        );
      }
    },
  };
}

/** A list, so that no two bindings give the same bytes. */
function binding({ ownerId, purpose }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['jiwa', 'v1', ownerId, purpose]));
}

/** Tells keys apart and says nothing about them. */
function fingerprint(key: Buffer): string {
  return createHash('sha256').update('jiwa sealing key ').update(key).digest('base64url').slice(0, 11);
}

function lostKey(keyFile: string, another: boolean): AppError {
  const state = another ? 'is not the one a secret was sealed with' : 'is gone';
  return new AppError(
    'unreadable',
    `The key file ${keyFile} ${state}. Bring it back from a backup, or enter the secret again. ` +
      'Where several processes share a database, give all of them the same JIWA_SECRETS_KEY.',
  );
}

function anotherKey(): AppError {
  return new AppError(
    'unreadable',
    'JIWA_SECRETS_KEY is not the key a secret was sealed with. Give every process the same one, or enter the secret again.',
  );
}

function givenKey(text: string): Buffer {
  const key = keyOf(text);
  if (key !== undefined) return key;
  throw new AppError(
    'invalid-input',
    'JIWA_SECRETS_KEY must hold 32 bytes in base64, such as `openssl rand -base64 32` makes, or what secrets.key holds.',
  );
}
