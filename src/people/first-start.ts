import { derivedId, sha256 } from '../core/ids.ts';
import type { Access } from '../core/authorized.ts';
import type { Ledger, OwnerTx } from '../ports/ledger.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { UserRow } from '../ports/people-rows.ts';
import { record } from './audit-log.ts';

export interface FirstStartDeps {
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly newId: () => string;
  /** At least 128 bits of randomness, printable. */
  readonly newSecret: () => string;
  /** The token as it was kept for this machine's command line, if it still is. */
  readonly keptToken: () => Promise<string | undefined>;
  readonly keepToken: (token: string) => Promise<void>;
  /**
   * Tells this machine, with its data folder, from others that share the ledger: each has a token of its own. Without it
   * there is one machine only.
   */
  readonly machine?: string | undefined;
}

const UNUSED_MS = 90 * 24 * 60 * 60_000;
const HOSTS = { role: 'host', disabledAt: null } as const;

/**
 * Makes sure that the space `home`, its host and a token for this machine exist: the first start creates them, a later
 * one only gives the machine a new token when its token file is lost or no longer opens everything (whoever can write
 * there owns the data anyway).
 */
export async function ensureOwner(deps: FirstStartDeps): Promise<Access> {
  const owner = await ensureHost(deps);
  const kept = await deps.keptToken();
  if (kept === undefined || !(await isOfHost(deps.ledger, owner.ownerId, kept)))
    await renewToken(deps, owner);
  return owner;
}

/** Ends tokens of machines that come no more, such as containers whose folder went with them. */
async function endUnused(tx: OwnerTx): Promise<void> {
  const before = { lt: tx.now - UNUSED_MS };
  const unused = [{ lastUsedAt: before }, { lastUsedAt: null, createdAt: before }] as const;
  for (const where of unused)
    await tx.table('credentials').update({ kind: 'token', revokedAt: null, ...where }, { revokedAt: tx.now });
}

/** Gives this machine a new token, that of a host of the home space; the one before opens nothing any more. */
export async function renewToken(
  deps: Pick<FirstStartDeps, 'ledger' | 'newId' | 'newSecret' | 'keepToken' | 'machine'>,
  { ownerId, userId }: Access,
): Promise<void> {
  const token = `jiwa_${deps.newSecret()}`;
  const named = deps.machine === undefined ? {} : { name: deps.machine };
  await deps.ledger.forOwner(ownerId, async (tx) => {
    const credentials = tx.table('credentials');
    await credentials.update({ kind: 'token', revokedAt: null, ...named }, { revokedAt: tx.now });
    await endUnused(tx);
    const id = deps.newId();
    await credentials.insert({ ...machineToken(userId, tx), ...named, id, hash: sha256(token) });
    await record(tx, ownerId, { userId }, { event: 'machine-token-made', subject: id });
  });
  await deps.keepToken(token);
}

function machineToken(userId: string, tx: OwnerTx) {
  return {
    userId,
    kind: 'token',
    name: 'this machine',
    prefix: '',
    scopes: null,
    role: null,
    createdBy: null,
    createdAt: tx.now,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  } as const;
}

/** Makes sure that the space `home` and its host exist. */
export async function ensureHost({
  ledger,
  newId,
  now,
}: Pick<FirstStartDeps, 'ledger' | 'newId' | 'now'>): Promise<Access> {
  return ledger.system(async (tx) => {
    const [home] = await tx.table('spaces').list({ orderBy: [['createdAt', 'asc']], limit: 1 });
    if (home !== undefined) {
      const where = { ...HOSTS, ownerId: home.ownerId };
      const [host] = await tx.table('users').list({ where, orderBy: [['createdAt', 'asc']], limit: 1 });
      if (host !== undefined) return { ownerId: host.ownerId, userId: host.id };
    }
    const ownerId = home?.ownerId ?? newId();
    const userId = derivedId(SYSTEM_OWNER, 'host', ownerId);
    if (home === undefined) await tx.table('spaces').insert({ ownerId, name: 'home', createdAt: now() });
    const host: UserRow = { ...HOSTS, ownerId, id: userId, name: 'owner', createdAt: now() };
    await tx.table('users').upsert(host);
    return { ownerId, userId };
  });
}

async function isOfHost(ledger: Ledger, ownerId: string, token: string): Promise<boolean> {
  return ledger.forOwner(ownerId, async (tx) => {
    const credential = await tx.table('credentials').get({ hash: sha256(token), revokedAt: null });
    if (credential === undefined) return false;
    return (await tx.table('users').count({ ...HOSTS, id: credential.userId })) > 0;
  });
}
