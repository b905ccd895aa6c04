import type { Access, Authorized } from '../core/authorized.ts';
import { AppError } from '../core/errors.ts';
import type { UserRow } from '../ports/ledger-rows.ts';
import type { Action } from '../wire/route.ts';

/** Somebody who has shown who they are. */
export interface Subject extends Access {
  readonly role: UserRow['role'];
}

const EVERYTHING: readonly Action[] = [
  'public',
  'memory:read',
  'memory:write',
  'memory:forget',
  'system:read',
  'system:manage',
];

/** What each role may do inside its own space. */
const ALLOWED = {
  host: EVERYTHING,
  editor: ['public', 'memory:read', 'memory:write', 'memory:forget', 'system:read'],
  viewer: ['public', 'memory:read', 'system:read'],
  service: ['public', 'memory:read', 'memory:write'],
} as const satisfies Record<UserRow['role'], readonly Action[]>;

/**
 * The one authorisation function: may this subject do this to something of that owner? Every path asks it. Another
 * owner's things are `not-found`, so nothing says that they exist; an action beyond the role is `forbidden`.
 */
export function authorise(subject: Subject, action: Action, ownerId: string): Authorized<Access> {
  if (subject.ownerId !== ownerId) throw new AppError('not-found', 'There is nothing here by this id.');
  const allowed: readonly Action[] = ALLOWED[subject.role];
  if (!allowed.includes(action)) {
    throw new AppError('forbidden', `The role ${subject.role} may not do this (${action}).`);
  }
  return { ownerId: subject.ownerId, userId: subject.userId } as Authorized<Access>;
}
