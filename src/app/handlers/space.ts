import { AppError } from '../../core/errors.ts';
import { askErasure } from '../../operations/space/erase-space.ts';
import { backUp } from '../../operations/backup/back-up.ts';
import type { ArchiveCounts } from '../../operations/backup/write-archive.ts';
import { exportSpace } from '../../operations/space/export-space.ts';
import { askImport } from '../../operations/space/import-space.ts';
import { auditEntries, verifyAudit } from '../../people/audit-log.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { AuditEntryRow } from '../../ports/people-rows.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Access } from '../../core/authorized.ts';
import { backupName } from '../../wire/archives.ts';
import type { AuditQuery, AuditView } from '../../wire/audit.ts';
import type { Bound } from '../bound.ts';
import { importDeps } from '../import-deps.ts';

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

/** An archive on its way out. */
const tar = (name: string, bytes: AsyncIterable<Uint8Array>) => ({
  filename: `${name}.tar`,
  contentType: 'application/x-tar',
  bytes,
});

export function spaceHandlers({ services, embedders, within, people, version: madeBy }: Bound) {
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
      return tar(`jiwa-${access.ownerId}`, exportSpace({ madeBy }, services, within(access, signal)));
    },
    importSpace(access, { form: { name, replace }, file }, signal) {
      const { userId } = access;
      const wish = { bytes: file.bytes, name, replace: replace === 'true', userId };
      return askImport(wish, importDeps(services, embedders, people), within(access, signal));
    },
    async backUp(access, { query }, signal) {
      const name = query.name ?? backupName(services.now());
      const recorded = (subject: string, counts: ArchiveCounts) =>
        people.note(
          { ...access, ownerId: SYSTEM_OWNER },
          { event: 'backup-made', subject, counts: { ...counts } },
        );
      const of = { name, home: people.deps.home, madeBy };
      return tar(name, backUp(of, { ...services, recorded }, within(access, signal)));
    },
    eraseSpace: (access, { body }, signal) =>
      askErasure({ ...body, userId: access.userId }, services, within(access, signal)),
  } satisfies Partial<Handlers>;
}
