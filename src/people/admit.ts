import type { Access, Authorized } from '../core/authorized.ts';
import type { Log } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Ledger } from '../ports/ledger.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { Action, LimitName } from '../wire/route.ts';
import { type AuditEvent, record } from './audit-log.ts';
import { type Subject, authorise, nobody } from './authorise.ts';
import type { Identity } from './identity.ts';
import type { RateLimits } from './rate-limits.ts';

/** How a call came, beside what it shows and what it wants. */
export interface Circumstances {
  /** The space it names, by id or name. */
  readonly space?: string | undefined;
  /** Address it comes from. */
  readonly address?: string | undefined;
  /** Allowance it draws on beside the general one. */
  readonly limit?: LimitName | undefined;
}

/**
 * Lets a caller in to do one thing, or throws: `unauthenticated`, `forbidden`, `not-found` (a space of others),
 * `rate-limited`. Every door asks it before it reads anything else of a call.
 */
export type Admit = (
  secret: string | undefined,
  action: Action,
  circumstances?: Circumstances,
) => Promise<Authorized<Access>>;

export interface AdmitDeps {
  readonly ledger: Ledger;
  readonly identity: Identity;
  readonly limits: RateLimits;
  readonly log: Log;
}

/** A refusal stands even if it cannot be written down; the log then says so. */
async function note({ ledger, log }: AdmitDeps, ownerId: string, by: Subject | undefined, event: AuditEvent) {
  try {
    await ledger.forOwner(ownerId, (tx) => record(tx, ownerId, by, event));
  } catch (cause) {
    log.error('audit-failed', { cause });
  }
}

function allow(subject: Subject, { address, limit = 'request' }: Circumstances, limits: RateLimits): void {
  // The command line of this machine belongs to who runs it; a folder of thousands of files is one command.
  if (subject.kind === 'token') return;
  const keys = [`user ${subject.userId}`, `credential ${subject.credentialId}`, `address ${address}`];
  limits.take('request', ...keys);
  if (limit !== 'request') limits.take(limit, ...keys);
}

/** Binds admission: who it is, how often they may call, whether they may do it; refusals go into the audit log. */
export function admission(deps: AdmitDeps): Admit {
  const { identity, limits } = deps;
  const known = async (secret: string | undefined, { space, address }: Circumstances) => {
    try {
      return await identity.identify(secret, space);
    } catch (error) {
      // Somebody who shows nothing tries nothing; whoever shows wrong secrets is slowed down, nobody else at the address.
      if (secret === undefined) throw error;
      limits.take('failure', `address ${address}`);
      await note(deps, SYSTEM_OWNER, undefined, { event: 'credential-refused', outcome: 'failed' });
      throw error;
    }
  };
  return async (secret, action, circumstances = {}) => {
    if (action === 'public') {
      if (circumstances.limit) limits.take(circumstances.limit, `address ${circumstances.address}`);
      return nobody(SYSTEM_OWNER);
    }
    const subject = await known(secret, circumstances);
    allow(subject, circumstances, limits);
    try {
      return authorise(subject, action, subject.ownerId);
    } catch (error) {
      const refused = { event: 'action-refused', outcome: 'denied', subject: action } as const;
      if (error instanceof AppError) await note(deps, subject.ownerId, subject, refused);
      throw error;
    }
  };
}
