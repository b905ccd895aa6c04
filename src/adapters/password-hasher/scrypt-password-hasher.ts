import { type ScryptOptions, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '../../ports/password-hasher.ts';
import { limiter } from '../connections/limiter.ts';

/** One of the parameter sets the OWASP Password Storage Cheat Sheet gives for scrypt; 32 MiB a hash. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashing takes threads that reading files needs, too. */
const AT_ONCE = 2;

interface Stored {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number };
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Passwords that look the same are the same (NIST SP 800-63B §3.1.1.2). */
function derive(password: string, salt: Buffer, cost: Stored['cost']): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function read(stored: string): Stored | undefined {
  const [scheme, n, r, p, salt = '', hash = ''] = stored.split('$');
  const bytes = Buffer.from(hash, 'base64url');
  if (scheme !== 'scrypt' || bytes.length !== HASH_BYTES) return undefined;
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: bytes };
}

/** scrypt (RFC 7914) of Node; each line names its own cost, so a later one can be raised. */
export function scryptPasswordHasher(cost: Stored['cost'] = COST): PasswordHasher {
  const turn = limiter(AT_ONCE);
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await turn(() => derive(password, salt, cost));
      return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(
        '$',
      );
    },
    async verify(password, stored) {
      const known = read(stored);
      const { salt, cost: paid } = known ?? { salt: Buffer.alloc(SALT_BYTES), cost };
      const hash = await turn(() => derive(password, salt, paid));
      return known !== undefined && timingSafeEqual(hash, known.hash);
    },
  };
}
