import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { sha256 } from '../core/ids.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { OwnerTx, SystemTx } from '../ports/ledger.ts';
import type { SignInLink } from '../wire/people.ts';
import { record } from './audit-log.ts';
import type { PeopleDeps } from './people-deps.ts';

/** Long enough to walk to another browser, short enough to be of no use in a screenshot. */
const LIFE_MS = 5 * 60_000;

/** How the secret of a link begins. */
export const LINK_MARK = 'jiwa_link_';

/** Ends what can still be used to sign in as a user without a password. */
export async function dropLinks(tx: Pick<OwnerTx, 'table'>, userId: string): Promise<void> {
  const links = { ownerId: SYSTEM_OWNER, kind: 'link', userId } as const;
  await tx.table('credentials').remove(links);
}

/** Makes a secret that signs a browser in as the caller, once within five minutes; an earlier one ends. */
export async function makeSignInLink(
  { by }: { readonly by: Access },
  deps: PeopleDeps,
  ctx: Ctx,
): Promise<SignInLink> {
  const secret = `${LINK_MARK}${deps.newSecret()}`;
  const row = {
    ownerId: SYSTEM_OWNER,
    id: ctx.newId(),
    userId: by.userId,
    kind: 'link',
    name: 'sign-in link',
    hash: sha256(secret),
    prefix: '',
    scopes: null,
    role: null,
    createdBy: null,
    createdAt: ctx.now(),
    expiresAt: ctx.now() + LIFE_MS,
    lastUsedAt: null,
    revokedAt: null,
  } as const;
  await deps.ledger.system(async (tx) => {
    await dropLinks(tx, by.userId);
    await tx.table('credentials').insert(row);
    await record(tx, by.ownerId, by, { event: 'sign-in-link-made', subject: row.id });
  });
  return { secret, expiresAt: row.expiresAt };
}

const ofSecret = (secret: string) => ({ ownerId: SYSTEM_OWNER, kind: 'link', hash: sha256(secret) }) as const;

/** Whose a link is, while it can still be used. */
export async function userOfLink(tx: SystemTx, secret: string): Promise<string | undefined> {
  const link = await tx.table('credentials').get(ofSecret(secret));
  return link !== undefined && (link.expiresAt ?? 0) > tx.now ? link.userId : undefined;
}

/** Uses a link up; says whose it was, if it could still be used. */
export async function takeLink(tx: SystemTx, secret: string): Promise<string | undefined> {
  const userId = await userOfLink(tx, secret);
  await tx.table('credentials').remove(ofSecret(secret));
  return userId;
}
