import type { Access } from '../core/authorized.ts';
import { sha256 } from '../core/ids.ts';
import type { Ledger, SystemTx } from '../ports/ledger.ts';
import type { AuditEntryRow } from '../ports/people-rows.ts';
import type { AuditCheck } from '../wire/audit.ts';

/** What is written down: a word of ours, ids and counts, never text. */
export interface AuditEvent {
  readonly event: string;
  readonly outcome?: AuditEntryRow['outcome'];
  /** Id or setting it was done to. */
  readonly subject?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

/** An owner's transaction is one, too. */
type AuditTx = Pick<SystemTx, 'now' | 'table'>;
type Actor = Pick<Access, 'userId' | 'credentialId'>;

/** Before the first entry. */
const NOTHING = { seq: 0, hash: '0'.repeat(64) };
const PAGE = 1_000;
/** Ids and names of settings are shorter. */
const LONGEST_SUBJECT = 100;

function sealed(entry: Omit<AuditEntryRow, 'hash'>): string {
  const { ownerId, seq, at, userId, credentialId, event, outcome, subject, counts, previousHash } = entry;
  const fields = [
    previousHash,
    ownerId,
    seq,
    at,
    userId,
    credentialId,
    event,
    outcome,
    subject,
    counts,
  ] as const;
  return sha256(JSON.stringify(fields));
}

function fieldsOf(by: Actor | undefined, { event, outcome = 'done', subject, counts }: AuditEvent) {
  return {
    userId: by?.userId ?? null,
    credentialId: by?.credentialId ?? null,
    event,
    outcome,
    subject: subject?.slice(0, LONGEST_SUBJECT) ?? null,
    counts: counts === undefined ? null : JSON.stringify(counts),
  };
}

/** Adds an entry to a space's log, in the transaction of what it tells of. `by` is absent for nobody known. */
export async function record(
  tx: AuditTx,
  ownerId: string,
  by: Actor | undefined,
  event: AuditEvent,
): Promise<void> {
  const { seq: last, hash: previousHash } = (await tx.table('auditHeads').get({ ownerId })) ?? NOTHING;
  const entry = { ...fieldsOf(by, event), ownerId, seq: last + 1, at: tx.now, previousHash };
  const hash = sealed(entry);
  await tx.table('auditEntries').insert({ ...entry, hash });
  await tx.table('auditHeads').upsert({ ownerId, seq: entry.seq, hash });
}

/** Entries of one log, newest first; `before` is the number of the last one seen. */
export async function auditEntries(
  { ownerId, before = Number.MAX_SAFE_INTEGER, event, limit }: AuditAsk,
  { ledger }: { readonly ledger: Ledger },
): Promise<AuditEntryRow[]> {
  const where = { seq: { lt: before }, ...(event === undefined ? {} : { event }) };
  return ledger
    .readsOf(ownerId)
    .table('auditEntries')
    .list({ where, orderBy: [['seq', 'desc']], limit });
}

export interface AuditAsk {
  readonly ownerId: string;
  readonly before?: number | undefined;
  readonly event?: string | undefined;
  readonly limit: number;
}

type Seen = Pick<AuditEntryRow, 'seq' | 'hash'>;

function fault(row: AuditEntryRow, before: Seen, head: Seen): string | undefined {
  const { seq } = row;
  if (seq !== before.seq + 1) return `entry ${before.seq + 1} is missing`;
  if (row.previousHash !== before.hash) return `entry ${seq} does not follow the one before it`;
  if (row.hash !== sealed(row)) return `entry ${seq} was changed`;
  return seq === head.seq && row.hash !== head.hash ? `entry ${seq} is not the one last written` : undefined;
}

/** Entries before the head may not be missing; those after it came while the log was read. */
function cutEnd(seen: Seen, head: Seen): string | undefined {
  if (seen.seq < head.seq) return `entry ${seen.seq + 1} is missing`;
  return head.seq === 0 && seen.seq > 0 ? 'the note of the last entry is missing' : undefined;
}

/**
 * Reads a whole log and checks that every entry is as it was written, none is missing between or at the end. Who can write
 * the database could write a new log from the first entry on; a head kept elsewhere shows that too.
 */
export async function verifyAudit(
  ownerId: string,
  { ledger }: { readonly ledger: Ledger },
  signal: AbortSignal,
): Promise<AuditCheck> {
  const head = (await ledger.readsOf(ownerId).table('auditHeads').get({})) ?? NOTHING;
  let seen: Seen = NOTHING;
  const found = (problem: string | undefined): AuditCheck => {
    const told = problem === undefined ? {} : { problem };
    return { ok: problem === undefined, entries: seen.seq, head: seen.hash, ...told };
  };
  for (;;) {
    signal.throwIfAborted();
    const where = { seq: { gt: seen.seq } };
    const rows = await ledger
      .readsOf(ownerId)
      .table('auditEntries')
      .list({ where, orderBy: [['seq', 'asc']], limit: PAGE });
    for (const row of rows) {
      const problem = fault(row, seen, head);
      if (problem !== undefined) return found(problem);
      seen = row;
    }
    if (rows.length < PAGE) return found(cutEnd(seen, head));
  }
}
