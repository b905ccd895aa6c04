import type { ScanFunctions } from './scan-module.ts';
import { type WasmModule, webAssembly } from './web-assembly.ts';

/** Vectors of 16-bit codes by row, in WebAssembly memory, each beside a rough copy of 4 bits a dimension. */
export interface VectorMemory {
  /** Makes room for so many rows. */
  reserve(rows: number): void;
  put(row: number, codes: Int16Array): void;
  /** Dot products of the rough copies with the query, up to a factor and a summand (`zero`) that are the same for all. */
  rough(query: Float32Array, rows: Int32Array, take: TakeScores): void;
  /** Dot products of the codes with the query. */
  exact(query: Float32Array, rows: Int32Array, take: TakeScores): void;
  bytes(): number;
}

/** Gets scores of some of the rows, the first of them at `from`, valid during the call; `zero` is that of no likeness. */
export type TakeScores = (scores: Float32Array, from: number, zero: number) => void;

const PAGE_BYTES = 65_536;
/** Rows scored by one call into the module. */
const CALL_ROWS = 2_048;
/** Rough copies of so many rows lie side by side, then their codes: a scan reads without gaps. */
const BLOCK_BITS = 8;
const BLOCK_ROWS = 1 << BLOCK_BITS;
/** A rough value is the highest 4 bits of a code, rounded, with 8 added: 0 … 15. */
const ROUGH_SHIFT = 12;
const ROUGH_HALF = 1 << (ROUGH_SHIFT - 1);
const ROUGH_ZERO = 8;
const ROUGH_LARGEST = 15;
const QUERY_LARGEST = 127;

interface Layout {
  /** Bytes of a row, padded to 16. */
  readonly roughBytes: number;
  readonly exactBytes: number;
  readonly addressesAt: number;
  readonly scoresAt: number;
  /** Where the rough copies of the first block are, and its codes; those of the next are `blockBytes` on. */
  readonly roughAt: number;
  readonly exactAt: number;
  readonly blockBytes: number;
}

/** The query comes first: 4 bytes a dimension, the rough one less. */
function layoutFor(dimensions: number): Layout {
  const roughBytes = Math.ceil(dimensions / 32) * 16;
  const exactBytes = Math.ceil(dimensions / 8) * 16;
  const addressesAt = exactBytes * 2 + 32;
  const scoresAt = addressesAt + CALL_ROWS * 4;
  const roughAt = scoresAt + CALL_ROWS * 4;
  const exactAt = roughAt + BLOCK_ROWS * roughBytes;
  return {
    roughBytes,
    exactBytes,
    addressesAt,
    scoresAt,
    roughAt,
    exactAt,
    blockBytes: BLOCK_ROWS * (roughBytes + exactBytes),
  };
}

/** Where a row is, of rows of `bytes` whose first block is at `at`. */
function addressOf(row: number, at: number, bytes: number, blockBytes: number): number {
  return at + (row >>> BLOCK_BITS) * blockBytes + (row & (BLOCK_ROWS - 1)) * bytes;
}

const roughOf = (code: number) => Math.min(((code + ROUGH_HALF) >> ROUGH_SHIFT) + ROUGH_ZERO, ROUGH_LARGEST);

/** Of 32 dimensions the first 16 are in the low halves of 16 bytes, the others in the high. */
function putRough(target: Uint8Array, codes: Int16Array): void {
  for (let at = 0; at < target.length; at++) {
    const first = (at >> 4) * 32 + (at & 15);
    target[at] = roughOf(codes[first] ?? 0) | (roughOf(codes[first + 16] ?? 0) << 4);
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
  const { roughBytes, exactBytes, addressesAt, scoresAt, roughAt, exactAt, blockBytes } = layout;
  const memory = new webAssembly.Memory({ initial: Math.ceil(roughAt / PAGE_BYTES) });
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  const scan = exports as unknown as ScanFunctions;

  const reserve = (rows: number, aheadBytes = 0) => {
    const end = roughAt + Math.ceil(rows / BLOCK_ROWS) * blockBytes;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(Math.max(missing, aheadBytes) / PAGE_BYTES));
  };

  const scoreAll = (
    { rows, at, bytes }: { readonly rows: Int32Array; readonly at: number; readonly bytes: number },
    score: (count: number) => void,
    take: (scores: Float32Array, from: number) => void,
  ) => {
    const addresses = new Int32Array(memory.buffer, addressesAt, CALL_ROWS);
    const scores = new Float32Array(memory.buffer, scoresAt, CALL_ROWS);
    for (let from = 0; from < rows.length; from += CALL_ROWS) {
      const count = Math.min(CALL_ROWS, rows.length - from);
      for (let i = 0; i < count; i++)
        addresses[i] = addressOf(rows[from + i] as number, at, bytes, blockBytes);
      score(count);
      take(scores.subarray(0, count), from);
    }
  };

  return {
    reserve: (rows) => reserve(rows),
    put(row, codes) {
      reserve(row + 1, memory.buffer.byteLength / 4);
      const rough = addressOf(row, roughAt, roughBytes, blockBytes);
      const exact = addressOf(row, exactAt, exactBytes, blockBytes);
      putRough(new Uint8Array(memory.buffer, rough, roughBytes), codes);
      new Int16Array(memory.buffer, exact, dimensions).set(codes);
    },
    rough(query, rows, take) {
      const zero = putRoughQuery(new Int8Array(memory.buffer, 0, roughBytes * 2), query);
      const score = (count: number) => scan.rough(addressesAt, count, roughBytes, 0, scoresAt);
      scoreAll({ rows, at: roughAt, bytes: roughBytes }, score, (scores, from) => take(scores, from, zero));
    },
    exact(query, rows, take) {
      new Float32Array(memory.buffer, 0, exactBytes / 2).set(query);
      const score = (count: number) => scan.exact(addressesAt, count, exactBytes, 0, scoresAt);
      scoreAll({ rows, at: exactAt, bytes: exactBytes }, score, (scores, from) => take(scores, from, 0));
    },
    bytes: () => memory.buffer.byteLength,
  };
}
