import type { LayoutFigures, Stop } from './measure-layout.ts';

/** Both layouts in one store. */
export interface StoreFigures {
  readonly many: LayoutFigures;
  readonly one: LayoutFigures;
}

/** Bytes of one copy: of an item with its vector, and of an owner at work beside their items. */
export interface Growth {
  readonly perItem: number;
  readonly perOwner: number;
}

/** How a store grows; `undefined` where it cannot be seen. */
export interface Slopes {
  /** Of the memory of the store alone; the texts of chunks are objects. */
  readonly diskBytes: Growth | undefined;
  /** Of the server itself, or of Jiwa's process where the store is in it. */
  readonly memoryBytes: Growth | undefined;
  readonly openFilesPerOwner: number | undefined;
  /** Of one client, milliseconds by the number of items of one owner. */
  readonly recallMs: Readonly<Record<number, number>>;
  readonly searchMs: Readonly<Record<number, number>>;
}

const MB = 1e6;

/** What was taken before and with owners at work, in bytes. */
interface Taken {
  readonly before: number;
  readonly at: (stop: Stop) => number | undefined;
}

/**
 * Of an item: what the one owner took more from the first stop to the last. Of an owner: what is left of that of many when
 * their items, and what the first item of all costs, are taken off.
 */
function growthOf({ many, one }: StoreFigures, taken: (layout: LayoutFigures) => Taken): Growth | undefined {
  const [first, last, spread] = [one.stops[0], one.stops.at(-1), many.stops.at(-1)];
  if (first === undefined || last === undefined || spread === undefined || first === last) return undefined;
  const [little, much, all] = [taken(one).at(first), taken(one).at(last), taken(many).at(spread)];
  if (little === undefined || much === undefined || all === undefined) return undefined;
  const perItem = (much - little) / (last.itemsEach - first.itemsEach);
  const fixed = little - taken(one).before - perItem * first.itemsEach;
  const perOwner = (all - taken(many).before - fixed - perItem * many.items) / many.owners;
  return { perItem: Math.round(perItem), perOwner: Math.round(perOwner) };
}

function memoryOf({ inProcess, jiwa, before }: LayoutFigures): Taken {
  const mb = inProcess ? jiwa.openedMb : (before.server?.ownMb ?? 0);
  return { before: mb * MB, at: ({ memoryMb }) => memoryMb && memoryMb * MB };
}

const diskOf = ({ before }: LayoutFigures): Taken => ({
  before: before.diskBytes ?? 0,
  at: ({ diskBytes }) => diskBytes,
});

/** What docs/scale.md and src/operations/costs/sizes.ts want to know. */
export function slopesOf(figures: StoreFigures): Slopes {
  const { many, one } = figures;
  const { asked, before, owners } = many;
  const files =
    asked.openFiles === undefined || before.openFiles === undefined
      ? undefined
      : Math.round(((asked.openFiles - before.openFiles) / owners) * 10) / 10;
  const byItems = (of: 'recall' | 'search') =>
    Object.fromEntries([...many.stops, ...one.stops].map((stop) => [stop.itemsEach, stop[of].p50]));
  return {
    diskBytes: growthOf(figures, diskOf),
    memoryBytes: growthOf(figures, memoryOf),
    openFilesPerOwner: files,
    recallMs: byItems('recall'),
    searchMs: byItems('search'),
  };
}
