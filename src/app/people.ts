import { scryptPasswordHasher } from '../adapters/password-hasher/scrypt-password-hasher.ts';
import { newSecret, tokenFile } from '../adapters/connections/token-file.ts';
import type { Access } from '../core/authorized.ts';
import { admission } from '../people/admit.ts';
import { type AuditEvent, record } from '../people/audit-log.ts';
import { identity } from '../people/identity.ts';
import type { PeopleDeps } from '../people/people-deps.ts';
import { CALLS_PER_MINUTE, rateLimits } from '../people/rate-limits.ts';
import { accessWatch } from '../people/watch-access.ts';
import type { Door } from '../surfaces/http/admit-request.ts';
import type { Closing } from './closing.ts';
import type { Services } from './services.ts';

/** The room of people, bound. */
export interface People extends Door {
  readonly deps: PeopleDeps;
  /** Writes into the audit log what the house itself did for somebody. */
  readonly note: (by: Access, event: AuditEvent) => Promise<void>;
  readonly keepToken: (token: string) => Promise<void>;
}

/** Binds who may come in, what they may do, and what is written down of it; `home` is the first space. */
export function openPeople(services: Services, home: string, closing: Closing): People {
  const { ledger, now, timers, log, folder, config } = services;
  const known = identity({ ledger, now, home });
  const limits = rateLimits(now, { ...CALLS_PER_MINUTE, ...config.callsPerMinute });
  const watch = closing.add(accessWatch({ identity: known, timers, log }));
  const deps: PeopleDeps = {
    ledger,
    home,
    limits,
    newSecret,
    passwords: scryptPasswordHasher(),
    changed: () => known.forget(),
  };
  const note = (by: Access, event: AuditEvent) =>
    ledger.forOwner(by.ownerId, (tx) => record(tx, by.ownerId, by, event));
  return {
    deps,
    admit: admission({ ledger, identity: known, limits, log }),
    watch: (access, action) => watch.watch(access, action),
    record: note,
    note,
    keepToken: (token) => tokenFile(folder.path).write(token),
  };
}
