import { AppError } from '../../../core/errors.ts';
import type { IndexRow } from '../item-row.ts';
import { grown } from './growable.ts';
import { type Names, names } from './names.ts';
import { MAX_DOCUMENTS } from './postings.ts';

/** What filters and candidates need of every item, one column a field; a document is a place in the columns. */
export interface ItemColumns {
  /** Documents given out, the removed ones included; columns are longer. */
  size: number;
  living: number;
  readonly ids: string[];
  readonly names: Names;
  /** Number of the item in the file, rising. */
  n: Float64Array<ArrayBuffer>;
  /** 1, or 0 when removed. */
  alive: Uint8Array<ArrayBuffer>;
  kind: Uint8Array<ArrayBuffer>;
  /** 0 for none. */
  role: Uint8Array<ArrayBuffer>;
  trust: Uint8Array<ArrayBuffer>;
  asks: Uint8Array<ArrayBuffer>;
  /** Numbers of `names`, 0 for none. */
  session: Int32Array<ArrayBuffer>;
  document: Int32Array<ArrayBuffer>;
  parent: Int32Array<ArrayBuffer>;
  author: Int32Array<ArrayBuffer>;
  language: Int32Array<ArrayBuffer>;
  position: Float64Array<ArrayBuffer>;
  createdAt: Float64Array<ArrayBuffer>;
  /** NaN for none. */
  eventTime: Float64Array<ArrayBuffer>;
  /** What filters and orders by time look at. */
  time: Float64Array<ArrayBuffer>;
}

const FIRST_LENGTH = 64;
/** Characters and header of an id, and its place in the list. */
const ID_BYTES = 64;

export function newColumns(): ItemColumns {
  const bytes = () => new Uint8Array(FIRST_LENGTH);
  const numbers = () => new Int32Array(FIRST_LENGTH);
  const wide = () => new Float64Array(FIRST_LENGTH);
  return {
    size: 0,
    living: 0,
    ids: [],
    names: names(),
    n: wide(),
    alive: bytes(),
    kind: bytes(),
    role: bytes(),
    trust: bytes(),
    asks: bytes(),
    session: numbers(),
    document: numbers(),
    parent: numbers(),
    author: numbers(),
    language: numbers(),
    position: wide(),
    createdAt: wide(),
    eventTime: wide(),
    time: wide(),
  };
}

/** Makes room for so many documents. */
export function reserveColumns(columns: ItemColumns, documents: number): void {
  if (documents <= columns.n.length) return;
  for (const [name, column] of Object.entries(columns)) {
    if (ArrayBuffer.isView(column))
      Object.assign(columns, { [name]: grown(column as Uint8Array<ArrayBuffer>, documents) });
  }
}

/** Fills the columns of a document, all but `n`, id and `alive`. */
export function setDocument(columns: ItemColumns, doc: number, row: IndexRow): void {
  const { names } = columns;
  columns.kind[doc] = row.kind;
  columns.role[doc] = row.role ?? 0;
  columns.trust[doc] = row.trust;
  columns.asks[doc] = row.asks;
  columns.session[doc] = names.add(row.sessionId);
  columns.document[doc] = names.add(row.documentId);
  columns.parent[doc] = names.add(row.parentId);
  columns.author[doc] = names.add(row.author);
  columns.language[doc] = names.add(row.language);
  columns.position[doc] = row.position;
  columns.createdAt[doc] = row.createdAt;
  columns.eventTime[doc] = row.eventTime ?? Number.NaN;
  columns.time[doc] = row.eventTime ?? row.createdAt;
}

/** Adds an item with a higher number than any before; returns its document. */
export function addDocument(columns: ItemColumns, row: IndexRow): number {
  if (columns.size >= MAX_DOCUMENTS) {
    throw new AppError('too-large', `The embedded store holds at most ${MAX_DOCUMENTS} items of one owner.`);
  }
  reserveColumns(columns, columns.size + 1);
  const doc = columns.size++;
  columns.living++;
  columns.n[doc] = row.n;
  columns.alive[doc] = 1;
  columns.ids.push(row.id);
  setDocument(columns, doc, row);
  return doc;
}

export function removeDocument(columns: ItemColumns, doc: number): void {
  columns.living--;
  columns.alive[doc] = 0;
}

/** The document of a living item; `undefined` if there is none of that number. */
export function documentOf({ size, n, alive }: ItemColumns, wanted: number): number | undefined {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((n[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low < size && n[low] === wanted && alive[low] === 1 ? low : undefined;
}

/** Estimated for the strings. */
export function columnsBytes(columns: ItemColumns): number {
  const arrays = Object.values(columns).reduce(
    (sum: number, column: unknown) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0),
    0,
  );
  return arrays + columns.ids.length * ID_BYTES + columns.names.bytes();
}
