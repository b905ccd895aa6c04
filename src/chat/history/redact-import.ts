import type { Ctx } from '../../core/context.ts';
import { objectKeys } from '../../core/object-keys.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { ImportDeps } from './import-deps.ts';
import { importedSessionId, messageIds } from './import-ids.ts';
import { dropImport, findImport } from './imports.ts';
import { importObject, importRecords, type ImportRecord } from './open-import.ts';
import { withoutMessages, type ReadRecord } from './parse-record.ts';

export type RedactDeps = Pick<ImportDeps, 'ledger' | 'objects' | 'archives' | 'importTurns'>;

async function forgottenHere(tx: OwnerTx): Promise<Set<string>> {
  const rows = await tx.table('tombstones').list({ where: { kind: { in: ['session', 'message'] } } });
  return new Set(rows.map(({ sourceId }) => sourceId));
}

interface Redactor {
  /** What may stay of a record, as JSON; `undefined` when nothing may. */
  readonly redact: (json: string, read: ReadRecord) => string | undefined;
  /** Messages, and states that were measured, that stayed and went so far. */
  readonly counts: { readonly kept: number; readonly removed: number };
}

function redactor(ownerId: string, forgotten: ReadonlySet<string>): Redactor {
  const idOf = messageIds(ownerId);
  const counts = { kept: 0, removed: 0 };
  const redact = (json: string, read: ReadRecord): string | undefined => {
    const { format, externalId, messages, state } = read.parsed;
    const session = importedSessionId(ownerId, format, externalId);
    const ids = messages.map((message) => ({ at: message.at, id: idOf(session, message) }));
    const whole = forgotten.has(session);
    const states = state === undefined ? 0 : 1;
    const gone = whole ? ids : ids.filter(({ id }) => forgotten.has(id));
    counts.removed += gone.length + (whole ? states : 0);
    counts.kept += ids.length - gone.length + (whole ? 0 : states);
    if (whole) return undefined;
    if (gone.length === 0) return json;
    const rest = withoutMessages(read, new Set(gone.map(({ at }) => at)));
    return rest && JSON.stringify(rest);
  };
  return { redact, counts };
}

/** Enough to make few writes of many records. */
const PIECE_CHARACTERS = 256 * 1024;

async function* joined(texts: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield encoder.encode(piece);
    piece = '';
  }
  if (piece !== '') yield encoder.encode(piece);
}

async function* redacted(
  records: AsyncIterable<ImportRecord>,
  { redact }: Redactor,
  lines: boolean,
): AsyncIterable<string> {
  let before = lines ? '' : '[';
  for await (const { json, read } of records) {
    // What could not be read could hold what must go.
    const kept = 'reason' in read ? undefined : redact(json, read);
    if (kept === undefined) continue;
    yield `${before}${kept}${lines ? '\n' : ''}`;
    before = lines ? '' : ',\n';
  }
  if (!lines) yield before === '[' ? '[]' : ']';
}

async function removeFile(importId: string, deps: RedactDeps, ctx: Ctx): Promise<void> {
  await deps.objects.removeAll(ctx.ownerId, objectKeys.document(importId), ctx.signal);
  await deps.ledger.forOwner(ctx.ownerId, (tx) => dropImport(tx, importId));
}

/**
 * Takes what was deleted out of the file of an import: the file without it replaces the original (a zip becomes the
 * JSON of its conversations, since its other files repeat them). When nothing is left, the file goes. A file that holds
 * nothing of it stays as it is. Gives how many messages went; doing it twice changes nothing more.
 */
export function redactImport(importId: string, deps: RedactDeps, ctx: Ctx): Promise<number> {
  // What is deleted is read in the turn: whoever writes last must know all that the ones before took out.
  return deps.importTurns(importId, () => redact(importId, deps, ctx));
}

async function redact(importId: string, deps: RedactDeps, ctx: Ctx): Promise<number> {
  const file = await findImport(importId, deps, ctx);
  if (!file) return 0;
  const object = await importObject(importId, deps, ctx);
  const redacting = redactor(ctx.ownerId, await deps.ledger.forOwner(ctx.ownerId, forgottenHere));
  const lines = object.container === 'jsonl';
  const rest = joined(redacted(importRecords(file, object, deps, ctx), redacting, lines));
  const staged = await deps.objects.stage(ctx.ownerId, rest, Number.MAX_SAFE_INTEGER, ctx.signal);
  try {
    const { kept, removed } = redacting.counts;
    if (removed > 0 && kept === 0) await removeFile(importId, deps, ctx);
    else if (removed > 0) {
      const key = objectKeys.original(importId, lines ? 'jsonl' : 'json');
      await staged.commit(key);
      if (key !== object.key) await deps.objects.remove(ctx.ownerId, object.key);
    }
    return removed;
  } finally {
    await staged.discard();
  }
}
