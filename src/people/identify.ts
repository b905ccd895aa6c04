import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Subject } from './authorise.ts';

/** How long a token is believed without asking the ledger again: the longest a revoked one still works. */
const BELIEVED_MS = 2_000;
/** `lastUsedAt` is written at most this often, so that reading does not write. */
const LAST_USED_EVERY_MS = 60_000;
const CACHE_SIZE = 1_000;

interface Believed {
  readonly subject: Subject | undefined;
  readonly until: number;
}

async function lookUp(ledger: Ledger, hash: string, now: number): Promise<Subject | undefined> {
  return ledger.system(async (tx) => {
    const credential = await tx.table('credentials').get({ hash });
    if (credential === undefined || credential.revokedAt !== null) return undefined;
    if (credential.expiresAt !== null && credential.expiresAt <= now) return undefined;
    const { ownerId, userId } = credential;
    const user = await tx.table('users').get({ ownerId, id: userId });
    if (user === undefined) return undefined;
    if ((credential.lastUsedAt ?? 0) < now - LAST_USED_EVERY_MS) {
      await tx.table('credentials').update({ ownerId, id: credential.id }, { lastUsedAt: now });
    }
    return { ownerId, userId, role: user.role };
  });
}

/**
 * Tells who a token belongs to. The token itself is never stored or compared, only its sha256. Throws
 * `unauthenticated` for a missing, unknown, expired or revoked one, always with the same words.
 */
export function identifier(
  ledger: Ledger,
  now: () => number,
): (token: string | undefined) => Promise<Subject> {
  const believed = new Map<string, Believed>();
  return async (token) => {
    const hash = sha256(token ?? '');
    let known = token === undefined ? { subject: undefined, until: Infinity } : believed.get(hash);
    if (known === undefined || known.until <= now()) {
      if (believed.size >= CACHE_SIZE) believed.clear();
      known = { subject: await lookUp(ledger, hash, now()), until: now() + BELIEVED_MS };
      believed.set(hash, known);
    }
    if (known.subject === undefined) {
      throw new AppError(
        'unauthenticated',
        'A valid token is needed: send the header `Authorization: Bearer <token>`.',
      );
    }
    return known.subject;
  };
}
