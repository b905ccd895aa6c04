import type { Candidate } from '../../ports/memory-store.ts';
import { kindOf, roleOf } from './codes.ts';
import type { ItemColumns } from './index/item-columns.ts';
import type { Found } from './index/search-index.ts';

/** Candidates on their way between threads: two lists of strings and one of numbers cross fast, 800 objects do not. */
export interface CandidatesMessage {
  readonly ids: readonly string[];
  /** Sessions, documents, parents, authors and languages; numbers point to them, 0 is none, 1 the first. */
  readonly names: readonly string[];
  /** `FIELDS` columns one after the other, then one of cosines for each vector; NaN where absent. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly vectors: number;
}

/** Columns: five names, then eight others. */
const FIELDS = 13;

/** Fills a column with the numbers of names within the message. */
function putNames(
  target: Float64Array,
  column: Int32Array,
  docs: Int32Array,
  local: Map<number, number>,
): void {
  for (let i = 0; i < docs.length; i++) {
    const name = column[docs[i] as number] as number;
    if (name === 0) continue;
    let number = local.get(name);
    if (number === undefined) local.set(name, (number = local.size + 1));
    target[i] = number;
  }
}

/** In the order found. */
export function packCandidates(columns: ItemColumns, found: Found): CandidatesMessage {
  const { docs, words, cosines } = found;
  const { session, document, parent, author, language } = columns;
  const { kind, role, position, createdAt, eventTime, asks, trust } = columns;
  const numbers = new Float64Array(docs.length * (FIELDS + cosines.length));
  let next = 0;
  const column = () => numbers.subarray(docs.length * next, docs.length * ++next);
  const local = new Map<number, number>();
  for (const names of [session, document, parent, author, language]) putNames(column(), names, docs, local);
  for (const values of [kind, role, position, createdAt, eventTime, asks, trust]) {
    const target = column();
    for (let i = 0; i < docs.length; i++) target[i] = values[docs[i] as number] as number;
  }
  for (const values of [words, ...cosines]) column().set(values);
  const ids = Array.from(docs, (doc) => columns.ids[doc] as string);
  const names = Array.from(local.keys(), (name) => columns.names.text(name) as string);
  return { ids, names, numbers, vectors: cosines.length };
}

export function unpackCandidates(message: CandidatesMessage): Candidate[] {
  return message.ids.map((id, place) => unpackOne(id, place, message));
}

type Draft = { -readonly [K in keyof Candidate]: Candidate[K] };

function unpackOne(
  id: string,
  place: number,
  { ids, names, numbers, vectors }: CandidatesMessage,
): Candidate {
  const at = (field: number) => numbers[field * ids.length + place] as number;
  const name = (field: number) => names[at(field) - 1];
  const candidate: Draft = {
    id,
    kind: kindOf(at(5)),
    position: at(7),
    createdAt: at(8),
    asks: at(10) === 1,
    trust: at(11) as Candidate['trust'],
    words: at(12),
    cosines: Array.from({ length: vectors }, (_, vector) => cosineOf(at(FIELDS + vector))),
  };
  const [sessionId, documentId, parentId, author, language] = [name(0), name(1), name(2), name(3), name(4)];
  const role = roleOf(at(6));
  if (sessionId !== undefined) candidate.sessionId = sessionId;
  if (documentId !== undefined) candidate.documentId = documentId;
  if (parentId !== undefined) candidate.parentId = parentId;
  if (author !== undefined) candidate.author = author;
  if (language !== undefined) candidate.language = language;
  if (role !== undefined) candidate.role = role;
  if (!Number.isNaN(at(9))) candidate.eventTime = at(9);
  return candidate;
}

const cosineOf = (value: number) => (Number.isNaN(value) ? undefined : value);
