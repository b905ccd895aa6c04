import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'inverse';

/** What a view has to know of the place it is shown on. */
export interface Look {
  /** Columns; infinite where the output is no terminal, so nothing is cut for a pipe. */
  readonly width: number;
  readonly colours: boolean;
  readonly nowMs: number;
  style(style: Style, text: string): string;
  /** The first eight digits on a terminal, the whole id elsewhere. */
  id(id: string): string;
}

/** The look of a stream. Colours only where it is a terminal that has them and NO_COLOR is not set. */
export function lookOf(stream: NodeJS.WriteStream, nowMs: number): Look {
  const terminal = stream.isTTY;
  const colours = terminal && stream.hasColors();
  return {
    width: terminal ? Math.max(40, stream.columns) : Infinity,
    colours,
    nowMs,
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
    id: (id) => (terminal ? id.slice(0, 8) : id),
  };
}
