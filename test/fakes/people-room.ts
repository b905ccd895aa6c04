import { newId } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/context.ts';
import { openSqliteLedger } from '../../src/adapters/ledger/sqlite-ledger.ts';
import { admission } from '../../src/people/admit.ts';
import type { Access } from '../../src/core/authorized.ts';
import { ensureOwner } from '../../src/people/first-start.ts';
import { type BegunSession } from '../../src/people/browser-sessions.ts';
import { identity } from '../../src/people/identity.ts';
import { invite, takeInvitation } from '../../src/people/invitations.ts';
import type { PeopleDeps } from '../../src/people/people-deps.ts';
import { CALLS_PER_MINUTE, rateLimits } from '../../src/people/rate-limits.ts';
import type { Role } from '../../src/wire/people.ts';
import { fakeClock } from './clock.ts';
import { fakeCtx } from './ctx.ts';

/** Stands for the slow hasher where passwords are not what a test is about. */
const plainly = {
  hash: async (password: string) => `hashed ${password}`,
  verify: async (password: string, stored: string) => stored === `hashed ${password}`,
};

/** The room of people over the real ledger in memory, with its first host; close the ledger after the test. */
export async function peopleRoom(perMinute: Partial<typeof CALLS_PER_MINUTE> = {}) {
  const clock = fakeClock();
  let secrets = 0;
  let token: string | undefined;
  const ledger = await openSqliteLedger({ path: ':memory:', now: clock.now });
  const newSecret = () => `secret${++secrets}`.padEnd(43, 'x');
  const start = () =>
    ensureOwner({
      ledger,
      newId,
      newSecret,
      now: clock.now,
      keptToken: async () => token,
      keepToken: async (kept) => {
        token = kept;
      },
    });
  const host = await start();
  const known = identity({ ledger, now: clock.now, home: host.ownerId });
  const limits = rateLimits(clock.now, { ...CALLS_PER_MINUTE, ...perMinute });
  const deps: PeopleDeps = {
    ledger,
    limits,
    newSecret,
    passwords: plainly,
    home: host.ownerId,
    changed: () => known.forget(),
  };
  const ctx = fakeCtx({ ownerId: host.ownerId, now: clock.now });
  const admit = admission({ ledger, identity: known, limits, log: silentLog });
  return {
    ledger,
    clock,
    deps,
    ctx,
    host,
    start,
    admit,
    identity: known,
    token: () => token,
    loseToken: () => (token = undefined),
    /** Somebody new who took an invitation into a space of the inviter. */
    async member(role: Exclude<Role, 'service'>, login: string, by: Access = host): Promise<BegunSession> {
      const { secret } = await invite({ by, name: login, role, hours: 1 }, deps, ctx);
      return takeInvitation({ secret, login, password: 'long enough', name: login }, deps, ctx);
    },
    /** Words of the audit log of a space, oldest first. */
    async events(ownerId = host.ownerId): Promise<string[]> {
      const rows = await ledger.forOwner(ownerId, (tx) =>
        tx.table('auditEntries').list({ orderBy: [['seq', 'asc']] }),
      );
      return rows.map(({ event }) => event);
    },
  };
}
