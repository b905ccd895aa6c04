import type { ItemFilter } from '../../../ports/memory-store.ts';
import { kindCode, roleCode } from '../codes.ts';
import { type ItemColumns, documentOf } from './item-columns.ts';

/** A filter, with the numbers of the items that match the fields no column answers (ids, tags, sources), if it has any. */
export interface ResolvedFilter {
  readonly filter: ItemFilter;
  readonly allowed: readonly number[] | undefined;
}

/** One byte a document: 1 when it is alive and matches. */
export function filterMask(columns: ItemColumns, { filter, allowed }: ResolvedFilter): Uint8Array {
  const mask = allowed ? maskOf(columns, allowed) : columns.alive.slice(0, columns.size);
  const named = (texts: readonly string[] | undefined) => texts?.map((text) => columns.names.find(text));
  keepCodes(mask, columns.kind, filter.kinds?.map(kindCode));
  keepNamed(mask, columns.role, filter.roles?.map(roleCode));
  keepNamed(mask, columns.session, named(filter.sessionIds));
  keepNamed(mask, columns.document, named(filter.documentIds));
  keepNamed(mask, columns.parent, named(filter.parentIds));
  keepNamed(mask, columns.author, named(filter.authors));
  keepRange(mask, columns.trust, filter.minTrust, undefined);
  keepRange(mask, columns.time, filter.from, filter.to);
  return mask;
}

function maskOf(columns: ItemColumns, numbers: readonly number[]): Uint8Array {
  const mask = new Uint8Array(columns.size);
  for (const n of numbers) {
    const doc = documentOf(columns, n);
    if (doc !== undefined) mask[doc] = 1;
  }
  return mask;
}

function keepCodes(
  mask: Uint8Array,
  column: Uint8Array | Int32Array,
  wanted: readonly number[] | undefined,
): void {
  if (!wanted) return;
  const isWanted = new Uint8Array(wanted.reduce((most, code) => Math.max(most, code), -1) + 1);
  for (const code of wanted) isWanted[code] = 1;
  for (let doc = 0; doc < mask.length; doc++) {
    if (isWanted[column[doc] as number] !== 1) mask[doc] = 0;
  }
}

/** Where 0 stands for none, and for a name no item has: it never matches. */
function keepNamed(
  mask: Uint8Array,
  column: Uint8Array | Int32Array,
  wanted: readonly number[] | undefined,
): void {
  keepCodes(
    mask,
    column,
    wanted?.filter((code) => code > 0),
  );
}

/** `from` inclusive, `to` exclusive. */
function keepRange(
  mask: Uint8Array,
  column: Uint8Array | Float64Array,
  ...[from = -Infinity, to = Infinity]: [number | undefined, number | undefined]
): void {
  if (from === -Infinity && to === Infinity) return;
  for (let doc = 0; doc < mask.length; doc++) {
    const value = column[doc] as number;
    if (value < from || value >= to) mask[doc] = 0;
  }
}
