import type { ScanFunctions } from './scan-module.ts';
import { type WasmModule, webAssembly } from './web-assembly.ts';

/** Vectors of 16-bit codes by row, in WebAssembly memory, each beside a rough copy of 4 bits a dimension. */
export interface VectorMemory {
  /** Makes room for so many rows. */
  reserve(rows: number): void;
  /** Returns the factor that rough scores of the row are to be multiplied with, in codes. */
  put(row: number, codes: Int16Array): number;
  /** Dot products of the rough copies with the query, up to a factor that is the same for all rows. */
  rough(query: Float32Array, rows: Int32Array, take: TakeScores): void;
  /** Dot products of the codes with the query. */
  exact(query: Float32Array, rows: Int32Array, take: TakeScores): void;
  bytes(): number;
}

/** Gets the scores of some of the rows, the first of them at `from`; they are valid during the call only. */
export type TakeScores = (scores: Float32Array, from: number) => void;

const PAGE_BYTES = 65_536;
/** Rows scored by one call into the module. */
const CALL_ROWS = 2_048;
/** Rough copies of so many rows lie side by side, then their codes: a scan reads without gaps. */
const BLOCK_ROWS = 256;
/** Rough values are −7 … 7, stored with 8 added. */
const ROUGH_LARGEST = 7;
const ROUGH_ZERO = 8;
/** Steps of half the mean size lose little of a bell curve, and rare large values are cut off at 3.5 times the mean. */
const STEP_IN_RMS = 0.5;
const QUERY_LARGEST = 127;

interface Layout {
  /** Bytes of a row, padded to 16. */
  readonly roughBytes: number;
  readonly exactBytes: number;
  readonly addressesAt: number;
  readonly scoresAt: number;
  readonly rowsAt: number;
}

/** The query comes first: 4 bytes a dimension, the rough one less. */
function layoutFor(dimensions: number): Layout {
  const roughBytes = Math.ceil(dimensions / 32) * 16;
  const exactBytes = Math.ceil(dimensions / 8) * 16;
  const addressesAt = Math.max(exactBytes * 2, roughBytes * 2);
  const scoresAt = addressesAt + CALL_ROWS * 4;
  return { roughBytes, exactBytes, addressesAt, scoresAt, rowsAt: scoresAt + CALL_ROWS * 4 };
}

const blockOf = ({ rowsAt, roughBytes, exactBytes }: Layout, row: number) =>
  rowsAt + Math.floor(row / BLOCK_ROWS) * BLOCK_ROWS * (roughBytes + exactBytes);
const roughAddress = (layout: Layout, row: number) =>
  blockOf(layout, row) + (row % BLOCK_ROWS) * layout.roughBytes;
const exactAddress = (layout: Layout, row: number) =>
  blockOf(layout, row) + BLOCK_ROWS * layout.roughBytes + (row % BLOCK_ROWS) * layout.exactBytes;

/** What one step of the rough copy is worth, in codes. */
function roughStep(codes: Int16Array): number {
  let [largest, squares] = [0, 0];
  for (const code of codes) {
    largest = Math.max(largest, Math.abs(code));
    squares += code * code;
  }
  return Math.min(largest / ROUGH_LARGEST, STEP_IN_RMS * Math.sqrt(squares / codes.length));
}

/** Dimension i is in byte 16 × (i ÷ 32) + i mod 16: the first 16 of 32 in the low halves, the others in the high. */
function putRough(target: Uint8Array, codes: Int16Array, step: number): void {
  target.fill(ROUGH_ZERO * 0x11);
  if (step === 0) return;
  for (let i = 0; i < codes.length; i++) {
    const steps = Math.round((codes[i] as number) / step);
    const value = Math.max(-ROUGH_LARGEST, Math.min(ROUGH_LARGEST, steps)) + ROUGH_ZERO;
    const at = (i >> 5) * 16 + (i & 15);
    const byte = target[at] as number;
    target[at] = i & 16 ? (byte & 0x0f) | (value << 4) : (byte & 0xf0) | value;
  }
}

/** Fills the bytes of the rough query; returns what `ROUGH_ZERO` adds to every score. */
function putRoughQuery(target: Int8Array, query: Float32Array): number {
  let largest = 0;
  for (const value of query) largest = Math.max(largest, Math.abs(value));
  const factor = QUERY_LARGEST / (largest || 1);
  let sum = 0;
  target.fill(0);
  for (const [i, value] of query.entries()) {
    const rounded = Math.round(value * factor);
    target[i] = rounded;
    sum += rounded;
  }
  return sum * ROUGH_ZERO;
}

export function vectorMemory(dimensions: number, module: WasmModule): VectorMemory {
  const layout = layoutFor(dimensions);
  const { roughBytes, exactBytes, addressesAt, scoresAt } = layout;
  const memory = new webAssembly.Memory({ initial: Math.ceil(layout.rowsAt / PAGE_BYTES) });
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  const scan = exports as unknown as ScanFunctions;

  const reserve = (rows: number, aheadBytes = 0) => {
    const end = blockOf(layout, Math.ceil(rows / BLOCK_ROWS) * BLOCK_ROWS);
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(Math.max(missing, aheadBytes) / PAGE_BYTES));
  };

  const scoreAll = (
    rows: Int32Array,
    addressOf: typeof roughAddress,
    ...[score, take]: [score: (count: number) => void, take: TakeScores]
  ) => {
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
    put(row, codes) {
      reserve(row + 1, memory.buffer.byteLength / 4);
      const step = roughStep(codes);
      putRough(new Uint8Array(memory.buffer, roughAddress(layout, row), roughBytes), codes, step);
      new Int16Array(memory.buffer, exactAddress(layout, row), dimensions).set(codes);
      return step;
    },
    rough(query, rows, take) {
      const shift = putRoughQuery(new Int8Array(memory.buffer, 0, roughBytes * 2), query);
      const score = (count: number) => scan.rough(addressesAt, count, roughBytes, 0, scoresAt);
      const takeShifted: TakeScores = (scores, from) => {
        for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) - shift;
        take(scores, from);
      };
      scoreAll(rows, roughAddress, score, takeShifted);
    },
    exact(query, rows, take) {
      new Float32Array(memory.buffer, 0, exactBytes / 2).set(query);
      const score = (count: number) => scan.exact(addressesAt, count, exactBytes, 0, scoresAt);
      scoreAll(rows, exactAddress, score, take);
    },
    bytes: () => memory.buffer.byteLength,
  };
}
