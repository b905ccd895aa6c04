import type { Restored, SpaceImported } from '../../../wire/archives.ts';
import { count, moment } from '../format.ts';
import { oneLine } from '../plain-text.ts';

function countsOf({ rows, items, objects }: Pick<Restored, 'rows' | 'items' | 'objects'>): string {
  return [count(rows, 'row'), count(items, 'item'), count(objects, 'object')].join(', ');
}

const backAgain = (forgotten: SpaceImported['forgottenSince']) =>
  forgotten.map(
    ({ kind, sourceId }) =>
      `Forgotten after it was made, and back with it; forget it again: ${kind} ${sourceId}`,
  );

/** What the import of a space brought. */
export function spaceImportedLines(imported: SpaceImported): string[] {
  return [
    `Imported the space ${imported.ownerId}: ${countsOf(imported)}.`,
    'It is found by words at once, and by meaning as its vectors are made.',
    ...imported.enterAgain.map((key) => `Enter the secret of ${key} again.`),
    ...backAgain(imported.forgottenSince),
  ].map(oneLine);
}

/** What a restore brought, and what came back that had been forgotten. */
export function restoredLines(restored: Restored): string[] {
  const { name, madeAt, forgottenSince } = restored;
  return [
    `Restored ${name} of ${moment(madeAt)}: ${countsOf(restored)}.`,
    'Start Jiwa: memory is found by words at once, and by meaning as its vectors are made.',
    ...backAgain(forgottenSince),
  ].map(oneLine);
}
