import { derivedId } from '../core/ids.ts';
import { objectKeys } from '../core/object-keys.ts';
import { ANALYSER_VERSION } from '../memory/analyser.ts';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { AnalysedChunk } from './split-task.ts';

/** A document's own files carry its owner's trust without being the owner's own words. */
const DOCUMENT_TRUST = 3;

/** Id of the item of the chunk at a position; the same whenever the document is read. */
export function chunkId(ownerId: string, documentId: string, position: number): string {
  return derivedId(ownerId, 'chunk', documentId, position);
}

/** The memory item of a chunk; its text is the object at `s3Path`. */
export function chunkItem(row: DocumentRow, chunk: AnalysedChunk, position: number): MemoryItem {
  const { start, end, page, heading, language, terms, asks } = chunk;
  return {
    id: chunkId(row.ownerId, row.id, position),
    kind: 'chunk',
    terms,
    documentId: row.id,
    s3Path: objectKeys.chunk(row.id, position),
    position,
    createdAt: row.uploadedAt,
    ...(row.contentTime === null ? {} : { eventTime: row.contentTime }),
    ...(language === undefined ? {} : { language }),
    asks,
    tags: JSON.parse(row.tags) as string[],
    entities: [],
    ...(page === undefined ? {} : { page }),
    start,
    end,
    filename: row.filename,
    contentType: row.contentType,
    ...(heading === undefined ? {} : { heading }),
    trust: DOCUMENT_TRUST,
    derivedFrom: [row.id],
    sources: [row.id],
    analyserVersion: ANALYSER_VERSION,
    version: 1,
  };
}
