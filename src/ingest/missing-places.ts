import type { Ctx } from '../core/context.ts';
import type { DocumentPlaceRow } from '../ports/ledger-rows.ts';
import type { IngestDeps } from './deps.ts';
import { shownPath } from './document-names.ts';

export interface MissingPlacesInput {
  readonly source: string;
  /** Paths of the source that are there now. */
  readonly present: readonly string[];
}

/** A path of a source at which a document was found before. */
export type KnownPlace = Pick<DocumentPlaceRow, 'path' | 'documentId' | 'seenAt'>;

/** Places of a source where there was a document and now is none, by path; nothing is deleted because of that. */
export async function missingPlaces(
  input: MissingPlacesInput,
  deps: Pick<IngestDeps, 'ledger'>,
  ctx: Ctx,
): Promise<KnownPlace[]> {
  const present = new Set(input.present.map(shownPath));
  const known = await deps.ledger.forOwner(ctx.ownerId, (tx) =>
    tx.table('documentPlaces').list({ where: { source: input.source }, orderBy: [['path', 'asc']] }),
  );
  const missing = known.filter(({ path }) => !present.has(path));
  return missing.map(({ path, documentId, seenAt }) => ({ path, documentId, seenAt }));
}
