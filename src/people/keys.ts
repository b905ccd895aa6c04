import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import type { CredentialRow } from '../ports/people-rows.ts';
import type { KeyMade, KeyView, NewKey } from '../wire/people.ts';
import { record } from './audit-log.ts';
import type { PeopleDeps } from './people-deps.ts';

const DAY_MS = 24 * 60 * 60_000;
const OPEN = { kind: 'key', revokedAt: null } as const;
const MARK = 'jiwa_key_';
/** Enough to tell keys apart, far too little to guess one. */
const SHOWN = MARK.length + 4;

function view(row: Omit<CredentialRow, 'ownerId'>): KeyView {
  const { id, userId, name, prefix, scopes, createdAt, expiresAt, lastUsedAt } = row;
  return {
    id,
    userId,
    name,
    prefix,
    createdAt,
    ...(scopes === null ? {} : { scopes: JSON.parse(scopes) as string[] }),
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(lastUsedAt === null ? {} : { usedAt: lastUsedAt }),
  };
}

/** Makes a key of a user of the space; only its hash is kept. Errors: `not-found`; `forbidden` for the key of another person. */
export async function createKey(
  { by, userId, name, scopes, days }: NewKey & { readonly by: Access; readonly userId: string },
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<KeyMade> {
  const secret = `${MARK}${deps.newSecret()}`;
  const row = {
    id: ctx.newId(),
    userId,
    kind: 'key',
    name,
    hash: sha256(secret),
    prefix: secret.slice(0, SHOWN),
    scopes: scopes === undefined ? null : JSON.stringify([...new Set(scopes)]),
    role: null,
    createdBy: null,
    createdAt: ctx.now(),
    expiresAt: days === undefined ? null : ctx.now() + days * DAY_MS,
    lastUsedAt: null,
    revokedAt: null,
  } as const;
  await deps.ledger.forOwner(by.ownerId, async (tx) => {
    const user = await tx.table('users').get({ id: userId });
    if (user === undefined) throw new AppError('not-found', 'There is no user by this id in the space.');
    // A host who could make keys of others could act as them.
    if (userId !== by.userId && user.role !== 'service') {
      throw new AppError('forbidden', 'People make their own keys; a host makes those of services.');
    }
    await tx.table('credentials').insert(row);
    await record(tx, by.ownerId, by, { event: 'key-created', subject: row.id });
  });
  return { ...view(row), secret };
}

/** Keys of a space, or of one of its users, newest first. */
export async function listKeys(
  which: { readonly userId?: string },
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<KeyView[]> {
  const rows = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('credentials')
    .list({ where: { ...OPEN, ...which }, orderBy: [['createdAt', 'desc']] });
  return rows.map(view);
}

/** Revokes one key, and no other. Errors: `not-found`. */
export async function revokeKey(
  { by, id, userId }: { readonly by: Access; readonly id: string; readonly userId?: string },
  deps: PeopleDeps,
): Promise<{ ended: number }> {
  const which = userId === undefined ? { id } : { id, userId };
  const done = await deps.ledger.forOwner(by.ownerId, async (tx) => {
    const ended = await tx.table('credentials').update({ ...OPEN, ...which }, { revokedAt: tx.now });
    if (ended === 0) throw new AppError('not-found', 'There is no key by this id.');
    await record(tx, by.ownerId, by, { event: 'key-revoked', subject: id });
    return { ended };
  });
  deps.changed();
  return done;
}
