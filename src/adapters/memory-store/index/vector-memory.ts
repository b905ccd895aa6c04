import type { ScanFunctions } from './scan-module.ts';
import { type WasmModule, webAssembly } from './web-assembly.ts';

/** Vectors of 16-bit codes by row, in WebAssembly memory, each beside a copy of 4 bits a dimension and one of its signs. */
export interface VectorMemory {
  /** Makes room for so many rows. */
  reserve(rows: number): void;
  put(row: number, codes: Int16Array): void;
  /** In how many signs the rows differ from the query. */
  signs(query: Float32Array, rows: Int32Array, take: TakeScores): void;
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
/** The signs of so many rows lie side by side, then their rough copies, then their codes: a scan reads without gaps. */
const BLOCK_BITS = 8;
const BLOCK_ROWS = 1 << BLOCK_BITS;
/** A rough value is the highest 4 bits of a code, rounded, with 8 added: 0 … 15. */
const ROUGH_SHIFT = 12;
const ROUGH_HALF = 1 << (ROUGH_SHIFT - 1);
const ROUGH_ZERO = 8;
const ROUGH_LARGEST = 15;
const QUERY_LARGEST = 127;

/** Where the first block has its rows, and the bytes of each, padded to 16. */
interface Plane {
  readonly at: number;
  readonly bytes: number;
}

interface Layout {
  readonly signs: Plane;
  readonly rough: Plane;
  readonly exact: Plane;
  readonly addressesAt: number;
  readonly scoresAt: number;
  /** From a block to the next. */
  readonly blockBytes: number;
}

/** The query comes first: 4 bytes a dimension, the others less. */
function layoutFor(dimensions: number): Layout {
  const bytesFor = (bits: number) => Math.ceil((dimensions * bits) / 128) * 16;
  const [signBytes, roughBytes, exactBytes] = [bytesFor(1), bytesFor(4), bytesFor(16)];
  const addressesAt = exactBytes * 2 + 32;
  const scoresAt = addressesAt + CALL_ROWS * 4;
  const signs = { at: scoresAt + CALL_ROWS * 4, bytes: signBytes };
  const rough = { at: signs.at + BLOCK_ROWS * signBytes, bytes: roughBytes };
  const exact = { at: rough.at + BLOCK_ROWS * roughBytes, bytes: exactBytes };
  const blockBytes = BLOCK_ROWS * (signBytes + roughBytes + exactBytes);
  return { signs, rough, exact, addressesAt, scoresAt, blockBytes };
}

/** Where a row is in a plane. */
function addressOf(row: number, { at, bytes }: Plane, blockBytes: number): number {
  return at + (row >>> BLOCK_BITS) * blockBytes + (row & (BLOCK_ROWS - 1)) * bytes;
}

/** One bit a value, set where it is above 0. */
function putSigns(target: Uint8Array, values: ArrayLike<number>): void {
  for (let at = 0; at < target.length; at++) {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++) bits |= Number((values[at * 8 + bit] ?? 0) > 0) << bit;
    target[at] = bits;
  }
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
  const { signs, rough, exact, addressesAt, scoresAt, blockBytes } = layoutFor(dimensions);
  const memory = new webAssembly.Memory({ initial: Math.ceil(signs.at / PAGE_BYTES) });
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  const scan = exports as unknown as ScanFunctions;

  const reserve = (rows: number, aheadBytes = 0) => {
    const end = signs.at + Math.ceil(rows / BLOCK_ROWS) * blockBytes;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(Math.max(missing, aheadBytes) / PAGE_BYTES));
  };

  /** Scores the rows of a plane with the query that was put at 0. */
  const scoreAll = (
    score: ScanFunctions[keyof ScanFunctions],
    plane: Plane,
    rows: Int32Array,
    take: (scores: Float32Array, from: number) => void,
  ) => {
    const addresses = new Int32Array(memory.buffer, addressesAt, CALL_ROWS);
    const scores = new Float32Array(memory.buffer, scoresAt, CALL_ROWS);
    for (let from = 0; from < rows.length; from += CALL_ROWS) {
      const count = Math.min(CALL_ROWS, rows.length - from);
      for (let i = 0; i < count; i++) addresses[i] = addressOf(rows[from + i] as number, plane, blockBytes);
      score(addressesAt, count, plane.bytes, 0, scoresAt);
      take(scores.subarray(0, count), from);
    }
  };

  return {
    reserve: (rows) => reserve(rows),
    put(row, codes) {
      reserve(row + 1, memory.buffer.byteLength / 4);
      const bytesIn = (plane: Plane) =>
        new Uint8Array(memory.buffer, addressOf(row, plane, blockBytes), plane.bytes);
      putSigns(bytesIn(signs), codes);
      putRough(bytesIn(rough), codes);
      new Int16Array(memory.buffer, addressOf(row, exact, blockBytes), dimensions).set(codes);
    },
    signs(query, rows, take) {
      putSigns(new Uint8Array(memory.buffer, 0, signs.bytes), query);
      scoreAll(scan.signs, signs, rows, (scores, from) => take(scores, from, 0));
    },
    rough(query, rows, take) {
      const zero = putRoughQuery(new Int8Array(memory.buffer, 0, rough.bytes * 2), query);
      scoreAll(scan.rough, rough, rows, (scores, from) => take(scores, from, zero));
    },
    exact(query, rows, take) {
      new Float32Array(memory.buffer, 0, exact.bytes / 2).set(query);
      scoreAll(scan.exact, exact, rows, (scores, from) => take(scores, from, 0));
    },
    bytes: () => memory.buffer.byteLength,
  };
}
