import { derivedId, sha256 } from '../core/ids.ts';
import type { Access } from '../core/authorized.ts';
import type { Ledger } from '../ports/ledger.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';

export interface FirstStartDeps {
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly newId: () => string;
  /** At least 128 bits of randomness, printable. */
  readonly newSecret: () => string;
  /** The token as it was kept for this machine's command line, if it still is. */
  readonly keptToken: () => Promise<string | undefined>;
  readonly keepToken: (token: string) => Promise<void>;
}

/**
 * Makes sure that the space `home`, its host and a token for this machine exist: the first start creates them, a later
 * one only gives the machine a new token when its token file is lost (whoever can write there owns the data anyway).
 */
export async function ensureOwner(deps: FirstStartDeps): Promise<Access> {
  const owner = await ensureHost(deps);
  const kept = await deps.keptToken();
  if (kept !== undefined && (await isKnown(deps.ledger, owner.ownerId, kept))) return owner;
  const token = `jiwa_${deps.newSecret()}`;
  await deps.ledger.forOwner(owner.ownerId, async (tx) => {
    const machine = { userId: owner.userId, kind: 'token' as const, name: 'this machine' };
    await tx.table('credentials').update({ ...machine, revokedAt: null }, { revokedAt: deps.now() });
    await tx.table('credentials').insert({
      ...machine,
      id: deps.newId(),
      hash: sha256(token),
      createdAt: deps.now(),
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    });
  });
  await deps.keepToken(token);
  return owner;
}

async function ensureHost({ ledger, newId, now }: FirstStartDeps): Promise<Access> {
  return ledger.system(async (tx) => {
    const host = await tx.table('users').get({ role: 'host' });
    if (host !== undefined) return { ownerId: host.ownerId, userId: host.id };
    const ownerId = newId();
    const userId = derivedId(SYSTEM_OWNER, 'host', ownerId);
    await tx.table('spaces').insert({ ownerId, name: 'home', createdAt: now() });
    await tx.table('users').insert({ ownerId, id: userId, name: 'owner', role: 'host', createdAt: now() });
    return { ownerId, userId };
  });
}

async function isKnown(ledger: Ledger, ownerId: string, token: string): Promise<boolean> {
  const credential = await ledger.forOwner(ownerId, (tx) =>
    tx.table('credentials').get({ hash: sha256(token) }),
  );
  return credential !== undefined && credential.revokedAt === null;
}
