import type { Times } from '../memory-store/measure.ts';
import type { Baselines } from './baselines.ts';
import type { emptyFigures, idleFigures, ServedFigures } from './over-http.ts';
import type { Planted } from './plant.ts';
import type { WithModel } from './with-model.ts';

/** Everything one run measured. */
export interface Measured {
  readonly planted: Planted;
  readonly recall: Times;
  readonly baselines: Baselines;
  readonly served: ServedFigures;
  readonly withModel: WithModel;
  readonly empty: Awaited<ReturnType<typeof emptyFigures>>;
  readonly idle: Awaited<ReturnType<typeof idleFigures>>;
}

/** One line of the report; without a bar it is for comparison. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly bar?: number;
  /** Whether the bar is the least or the most there may be. */
  readonly limit?: 'most' | 'least';
  readonly met?: boolean;
}

const bare = (what: string, value: number, unit: string): Figure => ({ what, value, unit });

function atMost(bar: number, what: string, value: number, unit = 'ms'): Figure {
  return { what, value, unit, bar, limit: 'most', met: value <= bar };
}

function pair(
  what: string,
  { p50, p95 }: Times,
  bars?: readonly [p50: number | undefined, p95: number],
): Figure[] {
  const middle = bars?.[0];
  return [
    middle === undefined ? bare(`${what}, p50`, p50, 'ms') : atMost(middle, `${what}, p50`, p50),
    bars === undefined ? bare(`${what}, p95`, p95, 'ms') : atMost(bars[1], `${what}, p95`, p95),
  ];
}

/** Lines of the report; the bars are those of docs/architecture.md, section 6. */
export function figuresOf({
  planted,
  recall,
  baselines,
  served,
  withModel,
  empty,
  idle,
}: Measured): Figure[] {
  const { besideImport } = served;
  const { chunksPerSecond } = planted;
  return [
    ...pair('recall, in process', recall, [10, 25]),
    ...pair('recall, POST /api/recall', served.recall, [10, 25]),
    ...pair('recall beside an import, POST /api/recall', besideImport.recall),
    atMost(1_000, 'first recall after start', served.firstRecallMs),
    atMost(1_000, 'first recall after idleness', idle.wakingMs),
    ...pair('baseline: plain scan and BM25 in JavaScript', baselines.plainScan),
    ...pair('baseline: MiniSearch', baselines.miniSearch),
    ...pair('baseline: SQLite FTS5', baselines.fts5),
    ...pair('message to message-stored, answer: false', served.messageOnly),
    ...pair('message to message-stored', served.message.stored),
    ...pair('message to first answer-delta', served.message.firstDelta, [undefined, 50]),
    ...pair('message to message-stored beside an import', besideImport.message.stored),
    ...pair('message to first answer-delta beside an import', besideImport.message.firstDelta, [
      undefined,
      50,
    ]),
    ...pair('message to first token of a model', withModel.alone.firstDelta, [undefined, 50]),
    ...pair('the same beside an import', withModel.besideImport.firstDelta, [undefined, 50]),
    {
      what: 'text to words, from the splitter on',
      value: chunksPerSecond,
      unit: 'chunks/s',
      bar: 2_000,
      limit: 'least',
      met: chunksPerSecond >= 2_000,
    },
    bare('files of 20 KB, upload to words', planted.filesPerSecond, 'files/s'),
    bare('history import', planted.messagesPerSecond, 'messages/s'),
    bare('bundled embedder, texts of 1 KB', planted.vectorsPerSecond, 'vectors/s'),
    atMost(3_000, 'start to first request, empty', empty.startMs),
    atMost(3_000, 'start to first request, with items', served.startMs),
    atMost(250, 'memory, idle and empty', empty.idleMb, 'MB'),
    atMost(250, 'memory, idle, index and model dropped', idle.idleMb, 'MB'),
    atMost(700, 'memory, items loaded', served.loadedMb, 'MB'),
  ];
}

function verdict({ bar, limit, met }: Figure): string {
  if (bar === undefined) return '';
  return `${limit === 'most' ? '≤' : '≥'} ${bar}`.padEnd(10) + (met ? 'pass' : 'MISS');
}

/** The lines as a table for people. */
export function tableOf(figures: readonly Figure[]): string {
  return figures
    .map((figure) => {
      const value = `${figure.value} ${figure.unit}`.padStart(16);
      return `${figure.what.padEnd(52)}${value}   ${verdict(figure)}`.trimEnd();
    })
    .join('\n');
}
