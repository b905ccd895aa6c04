import { AppError } from '../core/errors.ts';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import type { Reads, Where } from '../ports/ledger.ts';

/** Where a page of documents ended. */
interface Cursor {
  readonly uploadedAt: number;
  readonly id: string;
}

export type DocumentWhere = Where<Omit<DocumentRow, 'ownerId'>>;

/** The cursor that `next` of a page stands for; throws `invalid-input` for anything else. */
export function readCursor(text: string): Cursor {
  const match = /^(\d{1,16})_([0-9a-f-]{36})$/.exec(text);
  const [, uploadedAt, id] = match ?? [];
  if (uploadedAt === undefined || id === undefined)
    throw new AppError('invalid-input', 'Expected a cursor as given in `next` of the page before.');
  return { uploadedAt: Number(uploadedAt), id };
}

export function cursorOf({ uploadedAt, id }: Cursor): string {
  return `${uploadedAt}_${id}`;
}

/** At most `limit` documents after the cursor, newest first, equal times by id. */
export async function documentsAfter(
  reads: Reads,
  where: DocumentWhere,
  cursor: Cursor | undefined,
  limit: number,
): Promise<DocumentRow[]> {
  const list = (conditions: DocumentWhere, most: number) =>
    reads.table('documents').list({
      where: conditions,
      orderBy: [
        ['uploadedAt', 'desc'],
        ['id', 'asc'],
      ],
      limit: most,
    });
  if (cursor === undefined) return list(where, limit);
  // The port knows no “or”: first the rest of the same moment, then what is older. `where.id` is only used with `in`.
  const sameMoment = await list({ ...where, uploadedAt: cursor.uploadedAt }, Number.MAX_SAFE_INTEGER);
  const rest = sameMoment.filter(({ id }) => id > cursor.id).slice(0, limit);
  if (rest.length === limit) return rest;
  return [...rest, ...(await list({ ...where, uploadedAt: { lt: cursor.uploadedAt } }, limit - rest.length))];
}
