import type { DocumentRow } from '../ports/ledger-rows.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { UploadResult } from '../wire/documents.ts';
import { readDocumentKind, retireDocumentsKind } from './job-kinds.ts';

/** Bytes whose original is stored, and where their owner found them. */
export interface PlacedBytes extends Pick<
  DocumentRow,
  'userId' | 'filename' | 'contentType' | 's3Path' | 'sha256' | 'sizeBytes'
> {
  readonly documentId: string;
  readonly source: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly contentTime?: number | undefined;
}

type Row = Omit<DocumentRow, 'ownerId'>;

function newRow(placed: PlacedBytes, supersedes: string | null, now: number): Row {
  const { userId, filename, contentType, s3Path, sha256, sizeBytes, contentTime } = placed;
  return {
    id: placed.documentId,
    userId,
    filename,
    contentType,
    s3Path,
    sha256,
    sizeBytes,
    uploadedAt: now,
    updatedAt: now,
    processed: 0,
    status: 'queued',
    reason: null,
    retryable: 0,
    chunkCount: 0,
    vectorCount: 0,
    language: null,
    pageCount: null,
    tags: JSON.stringify(placed.tags),
    contentTime: contentTime ?? null,
    supersedes,
    supersededBy: null,
  };
}

/** Takes the place; gives the document that lay there and lies nowhere now, and whether other bytes lay there. */
async function takePlace(tx: OwnerTx, { documentId, source, path }: PlacedBytes) {
  const places = tx.table('documentPlaces');
  const before = await places.get({ source, path });
  await places.upsert({ source, path, documentId, seenAt: tx.now });
  const displaced = before !== undefined && before.documentId !== documentId ? before.documentId : undefined;
  const homeless = displaced !== undefined && (await places.count({ documentId: displaced })) === 0;
  return { displaced: displaced !== undefined, superseded: homeless ? displaced : undefined };
}

/** What changes of a document whose bytes came again: it is live (again), and failed or replaced ones are read again. */
function seenAgain(row: DocumentRow, placed: PlacedBytes, now: number) {
  const known = JSON.parse(row.tags) as string[];
  const tags = [...new Set([...known, ...placed.tags])];
  const read = row.status === 'failed' || row.status === 'superseded' || tags.length > known.length;
  const patch: Partial<Row> = {
    tags: JSON.stringify(tags),
    supersededBy: null,
    updatedAt: now,
    ...(read ? { status: 'queued', reason: null, retryable: 0 } : {}),
  };
  return { patch, read };
}

/** Queues the reading of a document, once. */
export async function enqueueReading(tx: OwnerTx, documentId: string): Promise<string> {
  return tx.enqueue({
    kind: readDocumentKind,
    queue: 'ingestion',
    payload: { documentId },
    dedupKey: `${readDocumentKind}:${documentId}`,
  });
}

/**
 * Makes the rows of an upload: the document (new, or the one that has these bytes), its place, what it supersedes (the
 * document that lay at the place, if it lies nowhere else) and the job that follows.
 */
export async function placeDocument(tx: OwnerTx, placed: PlacedBytes): Promise<UploadResult['outcome']> {
  const documents = tx.table('documents');
  const { documentId } = placed;
  const existing = await documents.get({ id: documentId });
  const { displaced, superseded } = await takePlace(tx, placed);
  if (existing === undefined) {
    await documents.insert(newRow(placed, superseded ?? null, tx.now));
    await enqueueReading(tx, documentId);
  } else {
    const { patch, read } = seenAgain(existing, placed, tx.now);
    // Whoever came after it came before it now.
    if (existing.supersededBy !== null)
      await documents.update({ supersedes: documentId }, { supersedes: null });
    await documents.update(
      { id: documentId },
      superseded === undefined ? patch : { ...patch, supersedes: superseded },
    );
    if (read) await enqueueReading(tx, documentId);
    else if (superseded !== undefined && existing.status === 'ready') await enqueueRetiring(tx, documentId);
  }
  if (superseded !== undefined)
    await documents.update({ id: superseded }, { supersededBy: documentId, updatedAt: tx.now });
  if (displaced) return 'replaced';
  return existing === undefined ? 'accepted' : 'known';
}

async function enqueueRetiring(tx: OwnerTx, documentId: string): Promise<string> {
  return tx.enqueue({ kind: retireDocumentsKind, queue: 'light', payload: { documentId } });
}
