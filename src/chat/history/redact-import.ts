import type { Ctx } from '../../core/context.ts';
import { objectKeys } from '../../core/object-keys.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { ImportDeps } from './import-deps.ts';
import { importedSessionId, messageIds } from './import-ids.ts';
import { dropImport, findImport, type ImportedFile } from './imports.ts';
import { importObject, importRecords, type ImportObject } from './open-import.ts';
import { withoutMessages, type ReadRecord } from './parse-record.ts';

type RedactDeps = Pick<ImportDeps, 'ledger' | 'objects' | 'archives'>;

async function forgottenHere(tx: OwnerTx): Promise<Set<string>> {
  const rows = await tx.table('tombstones').list({ where: { kind: { in: ['session', 'message'] } } });
  return new Set(rows.map(({ sourceId }) => sourceId));
}

/** Tells of each record what may stay of it, as JSON; `undefined` when nothing may. */
function redactor(ownerId: string, forgotten: ReadonlySet<string>) {
  const idOf = messageIds(ownerId);
  const counts = { kept: 0, removed: 0 };
  const redact = (json: string, read: ReadRecord): string | undefined => {
    const { format, externalId, messages } = read.parsed;
    const session = importedSessionId(ownerId, format, externalId);
    const ids = messages.map((message) => ({ at: message.at, id: idOf(session, message) }));
    const gone = forgotten.has(session) ? ids : ids.filter(({ id }) => forgotten.has(id));
    counts.removed += gone.length;
    counts.kept += ids.length - gone.length;
    if (forgotten.has(session)) return undefined;
    if (gone.length === 0) return json;
    const rest = withoutMessages(read, new Set(gone.map(({ at }) => at)));
    return rest && JSON.stringify(rest);
  };
  return { redact, counts };
}

type Redactor = ReturnType<typeof redactor>;

async function* redacted(
  records: ReturnType<typeof importRecords>,
  { redact }: Redactor,
  container: ImportObject['container'],
): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  const lines = container === 'jsonl';
  let before = lines ? '' : '[';
  for await (const { json, read } of records) {
    // What could not be read could hold what must go.
    const kept = 'reason' in read ? undefined : redact(json, read);
    if (kept === undefined) continue;
    yield encoder.encode(`${before}${kept}${lines ? '\n' : ''}`);
    before = lines ? '' : ',\n';
  }
  if (!lines) yield encoder.encode(before === '[' ? '[]' : ']');
}

async function countForgotten(file: ImportedFile, object: ImportObject, deps: RedactDeps, ctx: Ctx) {
  const forgotten = await deps.ledger.forOwner(ctx.ownerId, forgottenHere);
  const { redact, counts } = redactor(ctx.ownerId, forgotten);
  for await (const { json, read } of importRecords(file, object, deps, ctx))
    if (!('reason' in read)) redact(json, read);
  return { forgotten, counts };
}

/**
 * Takes what was deleted out of the file of an import: the file without it replaces the original (a zip becomes the
 * JSON of its conversations, since its other files repeat them). When nothing is left, the file goes. Gives how many
 * messages went. Doing it twice changes nothing more.
 */
export async function redactImport(importId: string, deps: RedactDeps, ctx: Ctx): Promise<number> {
  const file = await findImport(importId, deps, ctx);
  if (!file) return 0;
  const object = await importObject(importId, deps, ctx);
  const { forgotten, counts } = await countForgotten(file, object, deps, ctx);
  if (counts.removed === 0) return 0;
  if (counts.kept === 0) {
    await deps.objects.removeAll(ctx.ownerId, objectKeys.document(importId), ctx.signal);
    await deps.ledger.forOwner(ctx.ownerId, (tx) => dropImport(tx, importId));
    return counts.removed;
  }
  const rest = redacted(
    importRecords(file, object, deps, ctx),
    redactor(ctx.ownerId, forgotten),
    object.container,
  );
  const staged = await deps.objects.stage(ctx.ownerId, rest, Number.MAX_SAFE_INTEGER, ctx.signal);
  const key = objectKeys.original(importId, object.container === 'jsonl' ? 'jsonl' : 'json');
  await staged.commit(key);
  if (key !== object.key) await deps.objects.remove(ctx.ownerId, object.key);
  return counts.removed;
}
