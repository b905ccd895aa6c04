import { SingleBar } from 'cli-progress';
import type { Cli } from './cli.ts';
import { oneLine, truncate } from './plain-text.ts';

/** How far something is; `total` undefined while it is not known. */
export interface Progress {
  set(done: number, total: number | undefined, note?: string): void;
  /** Takes the bar off the terminal. */
  stop(): void;
}

const BAR_WIDTH = 24;

function drawn(label: string, part: number | undefined, note: string): string {
  if (part === undefined) return `${label} … ${note}`;
  const full = Math.round(part * BAR_WIDTH);
  const percent = `${Math.floor(part * 100)} %`.padStart(5);
  return `${label} ${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${percent}  ${note}`;
}

function partOf(done: number, total: number | undefined): number | undefined {
  if (total === undefined || total <= 0) return undefined;
  return Math.min(1, done / total);
}

function barOn(stream: NodeJS.WriteStream, label: string): Progress {
  const state: { part: number | undefined; note: string } = { part: undefined, note: '' };
  const bar = new SingleBar({
    stream,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    fps: 10,
    format: () => truncate(drawn(label, state.part, state.note), Math.max(20, stream.columns - 1)),
  });
  bar.start(1, 0);
  return {
    set(done, total, note = '') {
      state.part = partOf(done, total);
      state.note = oneLine(note);
      bar.update(Math.min(state.part ?? 0, 0.999));
    },
    stop: () => bar.stop(),
  };
}

/** Plain lines: the first, then one for each further tenth, so a log stays short. */
function linesOn(cli: Cli, label: string): Progress {
  let shown = -1;
  return {
    set(done, total, note = '') {
      const part = partOf(done, total);
      const step = part === undefined ? 0 : Math.floor(part * 10);
      if (step <= shown) return;
      shown = step;
      const percent = part === undefined ? '' : ` ${Math.floor(part * 100)} %`;
      cli.note(`${label}${percent}${note === '' ? '' : `  ${oneLine(note)}`}`);
    },
    stop() {},
  };
}

/** Runs work that reports how far it is: as a bar where the error output is a terminal, as lines elsewhere. */
export async function withProgress<T>(
  cli: Cli,
  label: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const { stderr } = cli.host;
  const progress = stderr.isTTY ? barOn(stderr, label) : linesOn(cli, label);
  try {
    return await work(progress);
  } finally {
    progress.stop();
  }
}
