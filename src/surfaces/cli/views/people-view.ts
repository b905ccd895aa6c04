import type { AuditCheck, AuditView } from '../../../wire/audit.ts';
import type { InvitationView, KeyView, SpaceView, UserView } from '../../../wire/people.ts';
import { ago, count, day, moment } from '../format.ts';
import type { Look } from '../look.ts';
import { oneLine } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

/** Members of the space. */
export function userTable(users: readonly UserView[], look: Look): string[] {
  return table(
    users,
    [
      { head: 'ID', cell: ({ id }) => look.id(id), style: () => 'dim' },
      { head: 'NAME', cell: ({ name }) => name, flexible: true },
      { head: 'ROLE', cell: ({ role, disabled }) => (disabled ? `${role} (disabled)` : role) },
      { head: 'LOGIN', cell: ({ login }) => login ?? '–', flexible: true },
      { head: 'SINCE', cell: ({ createdAt }) => day(createdAt) },
    ],
    look,
  );
}

/** Invitations nobody has taken. */
export function invitationTable(invitations: readonly InvitationView[], look: Look): string[] {
  if (invitations.length === 0) return ['No open invitations.'];
  return table(
    invitations,
    [
      { head: 'ID', cell: ({ id }) => look.id(id), style: () => 'dim' },
      { head: 'FOR', cell: ({ name }) => name, flexible: true },
      { head: 'ROLE', cell: ({ role }) => role },
      { head: 'UNTIL', cell: ({ expiresAt }) => moment(expiresAt) },
    ],
    look,
  );
}

/** An invitation just made: the link to pass on, and how long it holds. */
export function invitationLines(
  { name, role, expiresAt, link }: InvitationView & { readonly link: string },
  look: Look,
): string[] {
  return [
    ...secretLines(`Link for ${oneLine(name)} to come in as ${role}`, link, look),
    `Works once, until ${moment(expiresAt)}, while you are a host of the space.`,
    `For another machine, put the address they reach Jiwa at in place of ${new URL(link).origin}: docs/access.md.`,
  ];
}

/** Spaces of the caller. */
export function spaceTable(spaces: readonly SpaceView[], look: Look): string[] {
  return table(
    spaces,
    [
      { head: 'ID', cell: ({ id }) => look.id(id), style: () => 'dim' },
      { head: 'NAME', cell: ({ name }) => name, flexible: true },
      { head: 'ROLE', cell: ({ role }) => role },
    ],
    look,
  );
}

/** API keys, recognisable by their first characters. */
export function keyTable(keys: readonly KeyView[], look: Look): string[] {
  if (keys.length === 0) return ['No keys.'];
  return table(
    keys,
    [
      { head: 'ID', cell: ({ id }) => look.id(id), style: () => 'dim' },
      { head: 'NAME', cell: ({ name }) => name, flexible: true },
      { head: 'BEGINS', cell: ({ prefix }) => `${prefix}…` },
      { head: 'MAY', cell: ({ scopes }) => scopes?.join(', ') ?? 'all its user may', flexible: true },
      { head: 'USED', cell: ({ usedAt }) => (usedAt === undefined ? 'never' : ago(usedAt, look.nowMs)) },
      { head: 'UNTIL', cell: ({ expiresAt }) => (expiresAt === undefined ? '–' : day(expiresAt)) },
    ],
    look,
  );
}

/** A secret that is shown once. */
export function secretLines(what: string, secret: string, look: Look): string[] {
  return [`${what}, shown only now:`, look.style('bold', oneLine(secret))];
}

function countsText({ counts }: AuditView): string {
  return Object.entries(counts ?? {})
    .map(([what, number]) => `${number} ${what}`)
    .join(', ');
}

/** Entries of the audit log. */
export function auditTable(entries: readonly AuditView[], look: Look): string[] {
  if (entries.length === 0) return ['Nothing was written down yet.'];
  return table(
    entries,
    [
      { head: 'NO', cell: ({ seq }) => String(seq), align: 'right', style: () => 'dim' },
      { head: 'WHEN', cell: ({ at }) => moment(at) },
      {
        head: 'WHAT',
        cell: ({ event, outcome }) => (outcome === 'done' ? event : `${event} (${outcome})`),
      },
      { head: 'BY', cell: ({ userId }) => (userId === undefined ? '–' : look.id(userId)) },
      { head: 'OF', cell: ({ subject }) => (subject === undefined ? '' : look.id(subject)), flexible: true },
      { head: 'COUNTS', cell: countsText, flexible: true },
    ],
    look,
  );
}

/** What the check of the audit log found. */
export function auditCheckLines(check: AuditCheck, look: Look): string[] {
  return [
    check.ok
      ? `The audit log is as it was written: ${count(check.entries, 'entry', 'entries')}.`
      : `The audit log was changed: ${oneLine(check.problem ?? '')}.`,
    ...pairs([['head', check.head]], look),
  ];
}
