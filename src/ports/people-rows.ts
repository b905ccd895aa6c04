export interface SpaceRow {
  readonly ownerId: string;
  /** Unique in the installation. */
  readonly name: string;
  readonly createdAt: number;
}

export type Role = 'host' | 'editor' | 'viewer' | 'service';

/** A member of a space. The same person has the same `id` in every space they belong to. */
export interface UserRow {
  readonly ownerId: string;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  /** Since when they may not come in. */
  readonly disabledAt: number | null;
}

/** How a person signs in, once for all their spaces; rows of `SYSTEM_OWNER`. */
export interface AccountRow {
  readonly ownerId: string;
  /** Id of the user in every space. */
  readonly id: string;
  /** E-mail address or name, lower case, unique. */
  readonly login: string;
  /** Made by the password hasher, with its parameters. */
  readonly passwordHash: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

/**
 * A secret that somebody can show. A `token` belongs to this machine's command line, a `key` to a program, a `session` to a
 * signed-in browser, a `link` to a browser that is to be (both rows of `SYSTEM_OWNER`), an `invitation` to somebody who is
 * to become a user.
 */
export interface CredentialRow {
  readonly ownerId: string;
  readonly id: string;
  readonly userId: string;
  readonly kind: 'token' | 'key' | 'session' | 'link' | 'invitation';
  readonly name: string;
  /** sha256 of the secret, which itself is never stored. */
  readonly hash: string;
  /** First characters of a key, for people to recognise it by. */
  readonly prefix: string;
  /** JSON list of the actions a key is held to; `null` for all of its user's. */
  readonly scopes: string | null;
  /** What an invitation makes of who takes it. */
  readonly role: Role | null;
  /** Which host made an invitation; `null` for what somebody made for themselves or got from the house. */
  readonly createdBy: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

/** Something that was done, tried or refused; rows are only added, each sealed to the one before by its hash. */
export interface AuditEntryRow {
  readonly ownerId: string;
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  /** Who did it; `null` for nobody known. */
  readonly userId: string | null;
  readonly credentialId: string | null;
  /** A word of ours. */
  readonly event: string;
  readonly outcome: 'done' | 'denied' | 'failed';
  /** Id or setting it was done to. */
  readonly subject: string | null;
  /** JSON of counts by kind; never text. */
  readonly counts: string | null;
  readonly previousHash: string;
  readonly hash: string;
}

/** The last entry of a space's audit log, so that a cut end shows. */
export interface AuditHeadRow {
  readonly ownerId: string;
  readonly seq: number;
  readonly hash: string;
}
