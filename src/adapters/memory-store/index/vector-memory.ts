import type { Quantised } from './quantise.ts';
import type { ScanFunctions } from './scan-module.ts';
import { type WasmModule, webAssembly } from './web-assembly.ts';

/** Quantised vectors in WebAssembly memory, by row. Scores are dot products with the query, unscaled vectors taken. */
export interface VectorMemory {
  /** Makes room for so many rows. */
  reserve(rows: number): void;
  put(row: number, codes: Quantised['codes']): void;
  /** Of the high bytes and a query of 12 bits, up to a factor that is the same for all rows. */
  rough(query: Float32Array, rows: Int32Array, take: TakeScores): void;
  /** Of all 16 bits and the query as it is. */
  exact(query: Float32Array, rows: Int32Array, take: TakeScores): void;
  bytes(): number;
}

/** Gets the scores of some of the rows, the first of them at `from`; they are valid during the call only. */
export type TakeScores = (scores: Float32Array, from: number) => void;

const PAGE_BYTES = 65_536;
/** Rows scored by one call into the module. */
const CALL_ROWS = 2_048;
/** High bytes of so many rows lie side by side, then their low bytes: a scan reads without gaps. */
const BLOCK_ROWS = 256;
/** Values of the rough query are whole numbers up to this, so that sums of 8,192 dimensions fit 32 bits. */
const QUERY_RANGE = 2_047;

interface Layout {
  /** Bytes of a row's high (or low) bytes, padded to 16. */
  readonly stride: number;
  readonly addressesAt: number;
  readonly scoresAt: number;
  readonly rowsAt: number;
}

/** The query comes first, 4 bytes a dimension. */
function layoutFor(dimensions: number): Layout {
  const stride = Math.ceil(dimensions / 16) * 16;
  const addressesAt = stride * 4;
  const scoresAt = addressesAt + CALL_ROWS * 4;
  return { stride, addressesAt, scoresAt, rowsAt: scoresAt + CALL_ROWS * 4 };
}

/** Where the high bytes of a row are; the low bytes follow `BLOCK_ROWS` strides later. */
function addressOf({ stride, rowsAt }: Layout, row: number): number {
  const inBlock = row % BLOCK_ROWS;
  return rowsAt + ((row - inBlock) * 2 + inBlock) * stride;
}

function largestOf(query: Float32Array): number {
  let largest = 0;
  for (const value of query) largest = Math.max(largest, Math.abs(value));
  return largest;
}

export function vectorMemory(dimensions: number, module: WasmModule): VectorMemory {
  const layout = layoutFor(dimensions);
  const { stride, addressesAt, scoresAt } = layout;
  const lowOffset = BLOCK_ROWS * stride;
  const memory = new webAssembly.Memory({ initial: Math.ceil(layout.rowsAt / PAGE_BYTES) });
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  const scan = exports as unknown as ScanFunctions;
  let codes = new Int8Array(memory.buffer);

  const reserve = (rows: number, aheadBytes = 0) => {
    const missing = addressOf(layout, Math.ceil(rows / BLOCK_ROWS) * BLOCK_ROWS) - codes.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(Math.max(missing, aheadBytes) / PAGE_BYTES));
    codes = new Int8Array(memory.buffer);
  };

  const scoreAll = (rows: Int32Array, take: TakeScores, score: (count: number) => void) => {
    const addresses = new Int32Array(memory.buffer, addressesAt, CALL_ROWS);
    const scores = new Float32Array(memory.buffer, scoresAt, CALL_ROWS);
    for (let from = 0; from < rows.length; from += CALL_ROWS) {
      const count = Math.min(CALL_ROWS, rows.length - from);
      for (let i = 0; i < count; i++) addresses[i] = addressOf(layout, rows[from + i] as number);
      score(count);
      take(scores.subarray(0, count), from);
    }
  };

  return {
    reserve: (rows) => reserve(rows),
    put(row, values) {
      reserve(row + 1, codes.byteLength / 4);
      const at = addressOf(layout, row);
      codes.set(values.subarray(0, dimensions), at);
      codes.set(values.subarray(dimensions), at + lowOffset);
    },
    rough(query, rows, take) {
      const target = new Int16Array(memory.buffer, 0, stride);
      const factor = QUERY_RANGE / (largestOf(query) || 1);
      for (let i = 0; i < dimensions; i++) target[i] = Math.round((query[i] as number) * factor);
      scoreAll(rows, take, (count) => scan.rough(addressesAt, count, stride, 0, scoresAt));
    },
    exact(query, rows, take) {
      new Float32Array(memory.buffer, 0, stride).set(query);
      scoreAll(rows, take, (count) => scan.exact(addressesAt, count, stride, 0, scoresAt, lowOffset));
    },
    bytes: () => codes.byteLength,
  };
}
