import { AppError } from '../../core/errors.ts';
import { askErasure } from '../../operations/space/erase-space.ts';
import { exportSpace } from '../../operations/space/export-space.ts';
import { auditEntries, verifyAudit } from '../../people/audit-log.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { AuditEntryRow } from '../../ports/people-rows.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Access } from '../../core/authorized.ts';
import type { AuditQuery, AuditView } from '../../wire/audit.ts';
import type { Bound } from '../bound.ts';

function view(row: AuditEntryRow): AuditView {
  const { seq, at, event, outcome, hash } = row;
  return {
    seq,
    at,
    event,
    outcome,
    hash,
    ...(row.userId === null ? {} : { userId: row.userId }),
    ...(row.credentialId === null ? {} : { credentialId: row.credentialId }),
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.counts === null ? {} : { counts: JSON.parse(row.counts) as Record<string, number> }),
  };
}

export function spaceHandlers({ services, within, people }: Bound) {
  const logOwner = ({ ownerId }: Access, { log }: Pick<AuditQuery, 'log'>) => {
    if (log === 'space') return ownerId;
    if (ownerId === people.deps.home) return SYSTEM_OWNER;
    throw new AppError('forbidden', 'The log of the installation is for the hosts of its first space.');
  };
  return {
    async listAudit(access, { query }) {
      const { limit, cursor, event } = query;
      const before = cursor === undefined ? undefined : Number(cursor);
      const asked = { ownerId: logOwner(access, query), before, event, limit };
      const rows = await auditEntries(asked, services);
      const items = rows.map(view);
      const last = rows.at(-1);
      return last === undefined || rows.length < limit ? { items } : { items, next: String(last.seq) };
    },
    verifyAudit: (access, { query }, signal) => verifyAudit(logOwner(access, query), services, signal),
    async exportSpace(access, _input, signal) {
      return {
        filename: `jiwa-${access.ownerId}.tar`,
        contentType: 'application/x-tar',
        bytes: exportSpace(services, within(access, signal)),
      };
    },
    eraseSpace: (access, { body }, signal) =>
      askErasure({ ...body, userId: access.userId }, services, within(access, signal)),
  } satisfies Partial<Handlers>;
}
