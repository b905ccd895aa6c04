import type { DatabaseSync } from 'node:sqlite';
import type { IndexRow } from '../item-row.ts';
import type { Slot, VectorTable } from '../vector-table.ts';
import { indexFrom } from './index-snapshot.ts';
import { documentOf } from './item-columns.ts';
import { type OwnerIndex, addItem, addSlot, newOwnerIndex } from './owner-index.ts';
import { compileScan } from './scan-module.ts';
import type { SnapshotParts } from './snapshot-file.ts';
import type { VectorIndex } from './vector-index.ts';
import type { Bm25 } from './word-index.ts';

type Tuple = readonly [
  ...[n: number, id: string, kind: number, session: string | null, document: string | null],
  ...[parent: string | null, position: number, role: number | null, author: string | null, created: number],
  ...[event: number | null, language: string | null, asks: number, trust: number, terms: string],
];

export type IndexLoader = ReturnType<typeof indexLoader>;

/** Builds indexes from the file of the store: 100,000 items take about a second (`bench/memory-store`). */
export function indexLoader(db: DatabaseSync, vectors: VectorTable, bm25: Bm25) {
  const module = compileScan();
  const count = db.prepare('SELECT count(*) AS items FROM items WHERE owner_no = ?');
  const later = db.prepare(`
    SELECT n, id, kind, session_id, document_id, parent_id, position, role, author, created_at,
           event_time, language, asks, trust, terms
    FROM items WHERE owner_no = ? AND n > ? ORDER BY n`);
  later.setReturnArrays(true);
  const addAfter = (index: OwnerIndex, ownerNo: number, n: number) => {
    for (const row of later.iterate(ownerNo, n) as unknown as Iterable<Tuple>) {
      addItem(index, rowOf(row));
      index.words.compactIfHuge();
    }
    return index;
  };
  return {
    load(ownerNo: number): OwnerIndex {
      const items = count.get(ownerNo)?.['items'] as number;
      const index = addAfter(newOwnerIndex(bm25, module, items), ownerNo, 0);
      index.words.compact();
      return index;
    },
    /** The index of a snapshot, with the items that were added since. */
    resume(ownerNo: number, parts: SnapshotParts): OwnerIndex {
      const index = indexFrom(parts, bm25, module);
      const { n, size } = index.columns;
      addAfter(index, ownerNo, size === 0 ? 0 : (n[size - 1] as number));
      index.words.compactIfLarge();
      return index;
    },
    /** Adds the vectors of a slot to an index. */
    loadSlot(index: OwnerIndex, name: string, slot: Slot): VectorIndex {
      const added = addSlot(index, name, slot.dimensions, vectors.count(slot));
      for (const [n, scale, codes] of vectors.all(slot)) {
        const doc = documentOf(index.columns, n);
        if (doc !== undefined) added.put(doc, { scale, codes: codesOf(codes) });
      }
      return added;
    },
  };
}

/** Codes are stored as the processor keeps them, in little-endian order. */
const codesOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Int16Array(buffer, byteOffset, byteLength / 2);

function rowOf(row: Tuple): IndexRow {
  return {
    n: row[0],
    id: row[1],
    kind: row[2],
    sessionId: row[3],
    documentId: row[4],
    parentId: row[5],
    position: row[6],
    role: row[7],
    author: row[8],
    createdAt: row[9],
    eventTime: row[10],
    language: row[11],
    asks: row[12],
    trust: row[13],
    terms: row[14],
  };
}
