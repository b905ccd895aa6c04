import type { Access, Authorized } from '../core/authorized.ts';
import { AppError } from '../core/errors.ts';
import type { CredentialRow, Role } from '../ports/people-rows.ts';
import { KEY_SCOPES } from '../wire/people.ts';
import { ACTIONS, type Action } from '../wire/route.ts';

/** Somebody who has shown who they are. */
export interface Subject extends Access {
  readonly role: Role;
  readonly kind: Exclude<CredentialRow['kind'], 'invitation' | 'link'>;
  /** In the space whose hosts run the installation. */
  readonly atHome: boolean;
  /** What a key is held to; absent for everything its user may do. */
  readonly scopes?: readonly string[];
}

/** What each role may do inside its own space. */
const ALLOWED = {
  host: ACTIONS,
  editor: [
    'public',
    'account:read',
    'account:self',
    'account:link',
    'memory:read',
    'memory:write',
    'memory:forget',
    'system:read',
  ],
  viewer: ['public', 'account:read', 'account:self', 'account:link', 'memory:read', 'system:read'],
  service: ['public', 'account:read', 'memory:read', 'memory:write'],
} as const satisfies Record<Role, readonly Action[]>;

/** What concerns every space of the installation is for the hosts of the first. */
const AT_HOME: ReadonlySet<Action> = new Set(['system:manage', 'system:people', 'system:backup']);
/**
 * From a browser one session would begin the next, and the 30 days of the first would end nothing. A backup shows every space to
 * who takes it, which only who has the machine may see.
 */
const BY_TOKEN: ReadonlySet<Action> = new Set(['account:link', 'system:backup']);
const ALWAYS: ReadonlySet<Action> = new Set(['public', 'account:read']);

function keyMay({ scopes }: Subject, action: Action): boolean {
  const most: readonly string[] = KEY_SCOPES;
  return ALWAYS.has(action) || (most.includes(action) && (scopes?.includes(action) ?? true));
}

/** Everything a subject may do in its space: the role's actions, narrowed by the key that was shown. */
export function permitted(subject: Subject): readonly Action[] {
  return ALLOWED[subject.role].filter(
    (action) =>
      (subject.atHome || !AT_HOME.has(action)) &&
      (subject.kind === 'token' || !BY_TOKEN.has(action)) &&
      (subject.kind !== 'key' || keyMay(subject, action)),
  );
}

function lacking({ kind, role }: Subject, action: Action): string {
  if (BY_TOKEN.has(action)) return 'only the command line of the machine that Jiwa runs on has';
  return `${kind === 'key' ? `a key of the role ${role}` : `the role ${role}`} does not have here`;
}

/**
 * The one authorisation function: may this subject do this to something of that owner? Every path asks it. Another
 * owner's things are `not-found`, so nothing says that they exist; an action beyond role or key is `forbidden`.
 */
export function authorise(subject: Subject, action: Action, ownerId: string): Authorized<Access> {
  if (subject.ownerId !== ownerId) throw new AppError('not-found', 'There is nothing here by this id.');
  const actions = permitted(subject);
  if (!actions.includes(action)) {
    throw new AppError('forbidden', `This needs ${action}, which ${lacking(subject, action)}.`);
  }
  const { userId, credentialId } = subject;
  const shown = credentialId === undefined ? {} : { credentialId };
  return { ownerId, userId, actions, ...shown } as Authorized<Access>;
}

/** What is open to anybody is done in nobody's space. */
export function nobody(ownerId: string): Authorized<Access> {
  return { ownerId, userId: ownerId } as Authorized<Access>;
}
