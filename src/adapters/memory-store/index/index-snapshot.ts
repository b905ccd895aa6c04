import { newColumns } from './item-columns.ts';
import { names } from './names.ts';
import type { OwnerIndex } from './owner-index.ts';
import type { SnapshotParts } from './snapshot-file.ts';
import type { WasmModule } from './web-assembly.ts';
import { type Bm25, type SavedWords, wordIndex } from './word-index.ts';

/** Words and columns of an index without holes; vectors are read from the file of the store, which is as fast. */
export function partsOf({ columns, words }: OwnerIndex): SnapshotParts {
  const saved = words.saved();
  const { size, living, ids, names: known, ...arrays } = columns;
  const cut = Object.entries(arrays).map(
    ([name, array]) => [`column-${name}`, array.slice(0, size)] as const,
  );
  return {
    numbers: { ...saved.numbers, size, living },
    arrays: { ...saved.arrays, ...Object.fromEntries(cut) },
    texts: { ids, names: known.texts() },
  };
}

/** The index whose parts these are. */
export function indexFrom(
  { numbers, arrays, texts }: SnapshotParts,
  bm25: Bm25,
  module: WasmModule,
): OwnerIndex {
  const columns = newColumns();
  for (const [name, array] of Object.entries(arrays)) {
    if (name.startsWith('column-')) Object.assign(columns, { [name.slice('column-'.length)]: array });
  }
  const { size = 0, living = 0 } = numbers;
  Object.assign(columns, { size, living, ids: [...(texts['ids'] ?? [])], names: names(texts['names']) });
  const words = wordIndex(bm25, { numbers, arrays } as unknown as SavedWords);
  return { columns, words, slots: new Map(), bm25, module, savedDocuments: size };
}
