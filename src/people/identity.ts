import { AppError } from '../core/errors.ts';
import { isUuid, sha256 } from '../core/ids.ts';
import type { Ledger, Reads } from '../ports/ledger.ts';
import type { CredentialRow, UserRow } from '../ports/people-rows.ts';
import type { Subject } from './authorise.ts';

/** How long a secret is believed without asking the ledger again: the longest another process's change is not seen. */
const BELIEVED_MS = 2_000;
/** `lastUsedAt` is written at most this often, so that reading does not write. */
const LAST_USED_EVERY_MS = 60_000;
const CACHE_SIZE = 1_000;
/** A browser session nobody uses ends (OWASP ASVS 5.0, 7.3.1). */
export const IDLE_MS = 12 * 60 * 60_000;

/** Tells who shows a secret: the one identity resolver of every door. */
export interface Identity {
  /**
   * Who shows this secret, in the space they name (id or name), else in the one it is bound to or their first. The secret
   * is never stored or compared, only its sha256. Errors: `unauthenticated`, always with the same words, for a missing,
   * unknown, expired or revoked one; `not-found` for a space they do not belong to.
   */
  identify(secret: string | undefined, space?: string): Promise<Subject>;
  /** The same for a credential that was shown before, asked of the ledger now. */
  again(credentialId: string, ownerId: string): Promise<Subject>;
  /** People, roles or keys changed: nothing is believed any more. */
  forget(): void;
}

export interface IdentityDeps {
  readonly ledger: Ledger;
  readonly now: () => number;
  /** The first space. */
  readonly home: string;
}

function unknown(): AppError {
  return new AppError(
    'unauthenticated',
    'A valid token is needed: send the header `Authorization: Bearer <token>`, or sign in.',
  );
}

function stands({ kind, revokedAt, expiresAt, lastUsedAt, createdAt }: CredentialRow, now: number): boolean {
  if (kind === 'invitation' || kind === 'link' || revokedAt !== null) return false;
  if (expiresAt !== null && expiresAt <= now) return false;
  return kind !== 'session' || (lastUsedAt ?? createdAt) + IDLE_MS > now;
}

async function memberOf(reads: Reads, userId: string, space: string): Promise<UserRow> {
  const ownerId = isUuid(space) ? space : (await reads.table('spaces').get({ name: space }))?.ownerId;
  const user = ownerId === undefined ? undefined : await reads.table('users').get({ ownerId, id: userId });
  if (user !== undefined && user.disabledAt === null) return user;
  throw new AppError('not-found', 'You belong to no space of this name or id.');
}

/** Who a credential stands for; a key only ever in its own space. */
async function userOf(reads: Reads, credential: CredentialRow, space: string | undefined): Promise<UserRow> {
  const { kind, ownerId, userId } = credential;
  if (space !== undefined) {
    const user = await memberOf(reads, userId, space);
    if (kind !== 'key' || user.ownerId === ownerId) return user;
    throw new AppError('not-found', 'You belong to no space of this name or id.');
  }
  const bound = kind === 'session' ? {} : { ownerId };
  const where = { ...bound, id: userId, disabledAt: null };
  const [user] = await reads.table('users').list({ where, orderBy: [['createdAt', 'asc']], limit: 1 });
  if (user === undefined) throw unknown();
  return user;
}

function scopesOf({ scopes }: CredentialRow): { scopes?: readonly string[] } {
  return scopes === null ? {} : { scopes: JSON.parse(scopes) as string[] };
}

/** Binds the resolver to the ledger. */
export function identity({ ledger, now, home }: IdentityDeps): Identity {
  const believed = new Map<string, { readonly subject: Subject; readonly until: number }>();
  const subjectOf = async (reads: Reads, credential: CredentialRow | undefined, space?: string) => {
    if (credential === undefined || !stands(credential, now())) throw unknown();
    const user = await userOf(reads, credential, space);
    const { id, kind } = credential;
    const { ownerId, id: userId, role } = user;
    const known = { ownerId, userId, role, credentialId: id, atHome: ownerId === home };
    return { ...known, kind: kind as Subject['kind'], ...scopesOf(credential) };
  };
  const lookUp = async (hash: string, space?: string) => {
    const reads = ledger.systemReads();
    const credential = await reads.table('credentials').get({ hash });
    const subject = await subjectOf(reads, credential, space);
    if ((credential?.lastUsedAt ?? 0) < now() - LAST_USED_EVERY_MS)
      await ledger.system((tx) => tx.table('credentials').update({ hash }, { lastUsedAt: now() }));
    return subject;
  };
  return {
    async identify(secret, space) {
      if (secret === undefined) throw unknown();
      const hash = sha256(secret);
      const key = `${hash} ${space ?? ''}`;
      const known = believed.get(key);
      if (known !== undefined && known.until > now()) return known.subject;
      const subject = await lookUp(hash, space);
      if (believed.size >= CACHE_SIZE) believed.clear();
      believed.set(key, { subject, until: now() + BELIEVED_MS });
      return subject;
    },
    async again(credentialId, ownerId) {
      const reads = ledger.systemReads();
      return subjectOf(reads, await reads.table('credentials').get({ id: credentialId }), ownerId);
    },
    forget: () => believed.clear(),
  };
}
