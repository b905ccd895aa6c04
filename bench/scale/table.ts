import type { BorderFigures } from './border.ts';
import type { Latency } from './ask.ts';
import type { LayoutFigures } from './measure-layout.ts';
import { slopesOf, type StoreFigures } from './slopes.ts';

type Row = readonly [what: string, ...values: string[]];

const times = ({ p50, p95, p99, perSecond }: Latency) => `${p50} / ${p95} / ${p99} ms, ${perSecond}/s`;
const megabytes = (bytes: number | undefined) =>
  bytes === undefined ? '–' : `${Math.round(bytes / 1e6)} MB`;

function seen({ server, openFiles, diskBytes }: LayoutFigures['asked']): string {
  const memory = server === undefined ? '–' : `${server.ownMb} + ${server.mappedMb} mapped MB`;
  return `${memory}, ${openFiles ?? '–'} files, ${megabytes(diskBytes)} on disk`;
}

function rowsOf(figures: LayoutFigures): Row[] {
  const { owners, items, first, atOnce, jiwa } = figures;
  return [
    ['owners × items', `${owners} × ${items / owners}`],
    ['import, words', `${figures.itemsPerSecond} items/s`],
    ['import, vectors', `${figures.vectorsPerSecond} vectors/s`],
    ['first search of an owner at rest', times(first)],
    ...atOnce.flatMap(({ clients, recall, search }): Row[] => [
      [
        `recall, ${clients} at once`,
        `${times(recall)}${recall.withMeaning < 1 ? `, meaning in ${recall.withMeaning}` : ''}`,
      ],
      [`search in the store alone, ${clients} at once`, times(search)],
    ]),
    ['recall@10 against exact search (bar 0.97)', String(figures.recallAt10)],
    ['process of Jiwa, opened → asked', `${jiwa.openedMb} → ${jiwa.loadedMb} MB`],
    ['store before', seen(figures.before)],
    ['store filled', seen(figures.filled)],
    ['store, owners at rest', seen(figures.resting)],
    ['store, owners at work', seen(figures.asked)],
  ];
}

const WIDE = 46;
const lines = (rows: readonly Row[]) =>
  rows.map(([what, ...values]) => `${what.padEnd(WIDE)}${values.join('  ')}`);

/** Both layouts and the slopes of every store, one column a store. */
export function storesTable(stores: Readonly<Record<string, StoreFigures>>): string {
  const names = Object.keys(stores);
  const blocks = (['many', 'one'] as const).map((layout) => {
    const columns = Object.values(stores).map((store) => rowsOf(store[layout]));
    const rows = (columns[0] ?? []).map(([what], row): Row => [
      what,
      ...columns.map((column) => (column[row]?.[1] ?? '').padEnd(WIDE)),
    ]);
    return lines([['', ...names.map((name) => name.padEnd(WIDE))], ...rows]).join('\n');
  });
  const slopes = Object.entries(stores).map(
    ([name, figures]) => `slopes, ${name}: ${JSON.stringify(slopesOf(figures))}`,
  );
  return [...blocks, slopes.join('\n')].join('\n\n');
}

export function borderTable(border: readonly BorderFigures[]): string {
  return lines(
    border.map(({ vectors, way, filter, alone, eight, recallAt10, recallAtAll }) => [
      `${vectors} vectors, filter ${filter}, ${way}`,
      `1: ${alone.p50} / ${alone.p95} ms`.padEnd(24),
      `8: ${eight.p50} / ${eight.p95} ms`.padEnd(24),
      `recall@10 ${recallAt10}, @400 ${recallAtAll}`,
    ]),
  ).join('\n');
}
