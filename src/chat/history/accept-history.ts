import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { derivedId } from '../../core/ids.ts';
import { objectKeys } from '../../core/object-keys.ts';
import type { ArchiveReader } from '../../ports/archive-reader.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { IntentRow } from '../../ports/ledger-rows.ts';
import type { StagedObject } from '../../ports/object-store.ts';
import type { ImportResult } from '../../wire/sessions.ts';
import type { ImportDeps } from './import-deps.ts';
import { importJob } from './import-history.ts';
import { findImport, noteImport } from './imports.ts';

/** Kind of the intent that stands for an imported file being stored. */
export const IMPORT_INTENT = 'accept-history';

const Payload = z.object({
  container: z.enum(['zip', 'json', 'jsonl']),
  filename: z.string(),
  userId: z.string(),
});
type Payload = z.infer<typeof Payload>;

type AcceptDeps = Pick<ImportDeps, 'ledger' | 'objects' | 'archives'>;

/** A history as it comes through a door. */
export interface HistoryFile {
  readonly userId: string;
  readonly filename: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly maxBytes: number;
}

/** How the file is built, told from its first bytes; `undefined` when it can be no history. */
function containerOf(head: Uint8Array, archives: ArchiveReader): Payload['container'] | undefined {
  if (archives.isArchive(head)) return 'zip';
  const text = new TextDecoder().decode(head).trimStart();
  if (text.startsWith('[')) return 'json';
  if (!text.startsWith('{')) return undefined;
  const newline = text.indexOf('\n');
  const line = newline < 0 ? text : text.slice(0, newline).trimEnd();
  // An object that ends with its line is a line; one that goes on is the whole file.
  return newline < 0 || line.endsWith('}') ? 'jsonl' : 'json';
}

async function begin(tx: OwnerTx, importId: string, payload: Payload): Promise<void> {
  const intent = {
    id: importId,
    kind: IMPORT_INTENT,
    subjectId: importId,
    payload: JSON.stringify(payload),
    createdAt: tx.now,
    process: tx.process,
  };
  await tx.table('intents').upsert(intent);
}

/** The rows of a file that is stored. */
async function note(tx: OwnerTx, importId: string, { filename }: Payload): Promise<void> {
  await noteImport(tx, { id: importId, filename, importedAt: tx.now });
  await tx.table('intents').remove({ id: importId, kind: IMPORT_INTENT });
}

/** The rows of a file that is stored, and the job that takes it in. */
async function settle(tx: OwnerTx, importId: string, payload: Payload): Promise<string> {
  const { userId } = payload;
  await note(tx, importId, payload);
  return tx.enqueue(importJob({ importId, userId }));
}

async function store(
  staged: StagedObject,
  file: HistoryFile,
  deps: AcceptDeps,
  ctx: Ctx,
): Promise<ImportResult> {
  const { filename, userId } = file;
  const importId = derivedId(ctx.ownerId, 'history-import', staged.sha256);
  if (await findImport(importId, deps, ctx)) {
    const jobId = await deps.ledger.forOwner(ctx.ownerId, (tx) =>
      tx.enqueue(importJob({ importId, userId })),
    );
    return { importId, jobId, outcome: 'known' };
  }
  const container = containerOf(staged.head, deps.archives);
  if (!container)
    throw new AppError(
      'unsupported',
      `Expected JSON lines, or a ChatGPT or Claude export (JSON or zip); “${filename}” is none of them.`,
    );
  const payload = { container, filename: filename.slice(0, 255), userId };
  await deps.ledger.forOwner(ctx.ownerId, (tx) => begin(tx, importId, payload));
  await staged.commit(objectKeys.original(importId, container));
  const jobId = await deps.ledger.forOwner(ctx.ownerId, (tx) => settle(tx, importId, payload));
  return { importId, jobId, outcome: 'accepted' };
}

/**
 * Takes in a chat history: when this resolves, the file is on stable storage and a job will read it; the job's result
 * is the report. The same bytes again are `known` and only checked for what is missing. Errors, after which nothing is
 * kept: `unsupported` (no history by its first bytes), `too-large`, `storage-full`.
 */
export async function acceptHistory(file: HistoryFile, deps: AcceptDeps, ctx: Ctx): Promise<ImportResult> {
  const staged = await deps.objects.stage(ctx.ownerId, file.bytes, file.maxBytes, ctx.signal);
  try {
    return await store(staged, file, deps, ctx);
  } finally {
    await staged.discard();
  }
}

/**
 * Keeps a file of old rows (`old-row.ts`) as an import, for whoever takes it in at once: no job is queued. When this
 * resolves, the file is on stable storage; the same bytes again have the same id.
 */
export async function keepHistory(
  file: Omit<HistoryFile, 'maxBytes'>,
  deps: Pick<AcceptDeps, 'ledger' | 'objects'>,
  ctx: Ctx,
): Promise<string> {
  const staged = await deps.objects.stage(ctx.ownerId, file.bytes, Number.MAX_SAFE_INTEGER, ctx.signal);
  try {
    const importId = derivedId(ctx.ownerId, 'history-import', staged.sha256);
    if (await findImport(importId, deps, ctx)) return importId;
    const payload = { container: 'jsonl', filename: file.filename, userId: file.userId } as const;
    await deps.ledger.forOwner(ctx.ownerId, (tx) => begin(tx, importId, payload));
    await staged.commit(objectKeys.original(importId, 'jsonl'));
    await deps.ledger.forOwner(ctx.ownerId, (tx) => note(tx, importId, payload));
    return importId;
  } finally {
    await staged.discard();
  }
}

/** Ends an acceptance that was cut off, for the sweeper: the file is there and is taken in, or nothing is kept. */
export async function finishImportIntent(
  intent: Pick<IntentRow, 'id' | 'payload'>,
  deps: AcceptDeps,
  ctx: Ctx,
): Promise<void> {
  const payload = Payload.parse(JSON.parse(intent.payload));
  const there = await deps.objects.info(ctx.ownerId, objectKeys.original(intent.id, payload.container));
  await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    if (there) await settle(tx, intent.id, payload);
    else await tx.table('intents').remove({ id: intent.id, kind: IMPORT_INTENT });
  });
}
