import { type WasmModule, webAssembly } from './web-assembly.ts';

/**
 * The inner loops of the vector scan as WebAssembly SIMD (https://webassembly.github.io/spec/core/), put together here
 * byte by byte. All take a list of addresses of rows (32 bits each), write one 32-bit float a row to `out`, and expect a
 * length in bytes that is a multiple of 16.
 */
export interface ScanFunctions {
  /** In how many bits rows and query differ (the Hamming distance). */
  signs: ScanFunction;
  /**
   * Dot products of rows of unsigned 4-bit numbers, two a byte, with a query of signed bytes: for every 16 bytes of a
   * row first the 16 that meet the low halves, then the 16 that meet the high halves.
   */
  rough: ScanFunction;
  /** Dot products of rows of 16-bit numbers with a query of 32-bit floats. */
  exact: ScanFunction;
}

type ScanFunction = (
  addresses: number,
  count: number,
  ...rest: [length: number, query: number, out: number]
) => void;

const I32 = 0x7f;
const V128 = 0x7b;
/** How far the query moves on with each 16 bytes of a row. */
const [SIGNS_QUERY_STEP, NUMBERS_QUERY_STEP] = [16, 32];
/** Parameters, then locals. */
const [ADDRESSES, COUNT, LENGTH, QUERY, OUT] = [0, 1, 2, 3, 4];
const [POINTER, END, Q, X] = [5, 6, 7, 8];
/** Two sums, so that no addition waits for the one before it. */
const [SUM, OTHER_SUM] = [9, 10];
const BITS = 11;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const constant = (value: number) => [0x41, value];
const ADD = [0x6a];
const SUBTRACT = [0x6b];
const LESS_UNSIGNED = [0x49];
const IS_ZERO = [0x45];
const LOAD_I32 = [0x28, 2, 0];
const LOAD_I64 = (offset: number) => [0x29, 3, offset];
const XOR_I64 = [0x85];
const COUNT_ONES_I64 = [0x7b];
const TO_I32 = [0xa7];
const STORE_F32 = [0x38, 2, 0];
const TO_F32 = [0xb2];
const ADD_F32 = [0x92];
const BLOCK = [0x02, 0x40];
const LOOP = [0x03, 0x40];
const BRANCH = (depth: number) => [0x0c, depth];
const BRANCH_IF = (depth: number) => [0x0d, depth];
const END_BLOCK = [0x0b];

const simd = (code: number, ...operands: number[]) => [0xfd, ...leb(code), ...operands];
const V_ZERO = simd(0x0c, ...Array.from({ length: 16 }, () => 0));
const V_LOAD = (offset: number) => simd(0x00, 0, offset);
const V_LOW_HALVES = simd(0x0c, ...Array.from({ length: 16 }, () => 0x0f));
const V_AND = simd(0x4e);
const V_SHIFT_RIGHT_16 = simd(0x8d);
const V_EXTEND_LOW_16_TO_32 = simd(0xa7);
const V_EXTEND_HIGH_16_TO_32 = simd(0xa8);
const V_ADD_32 = simd(0xae);
const V_ADD_F32 = simd(0xe4);
const V_MULTIPLY_F32 = simd(0xe6);
const V_TO_F32 = simd(0xfa);
/** Relaxed only beyond 7 bits, which the second operand never has: the result is the same on every processor. */
const V_DOT_8_TO_32_ADD = simd(0x113);
const V_LANE_32 = (lane: number) => simd(0x1b, lane);
const V_LANE_F32 = (lane: number) => simd(0x1f, lane);

/** Whole numbers in the format of the module: seven bits a byte. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

const increase = (local: number, by: number) => [...get(local), ...constant(by), ...ADD, ...set(local)];

/** The four lanes of both sums added up. */
const total = (addVectors: number[], lane: (n: number) => number[], add: number[]) => [
  ...get(SUM),
  ...get(OTHER_SUM),
  ...addVectors,
  ...tee(SUM),
  ...lane(0),
  ...[1, 2, 3].flatMap((n) => [...get(SUM), ...lane(n), ...add]),
];

/** sum += dot of 16 bytes of the query at Q + offset with the 16 numbers that `halves` takes out of X. */
const addRough = (sum: number, offset: number, halves: number[]) => [
  [...get(Q), ...V_LOAD(offset), ...get(X), ...halves, ...V_LOW_HALVES, ...V_AND],
  [...get(sum), ...V_DOT_8_TO_32_ADD, ...set(sum)],
];

/** sum += product of the 4 numbers that `widen` takes out of X with the query at Q + offset. */
const addExact = (sum: number, offset: number, widen: number[]) => [
  [...get(sum), ...get(X), ...widen, ...V_TO_F32, ...get(Q), ...V_LOAD(offset)],
  [...V_MULTIPLY_F32, ...V_ADD_F32, ...set(sum)],
];

/** BITS += how many of 64 bits at `offset` differ. */
const addDifferences = (offset: number) => [
  [...get(POINTER), ...LOAD_I64(offset), ...get(Q), ...LOAD_I64(offset), ...XOR_I64],
  [...COUNT_ONES_I64, ...TO_I32, ...get(BITS), ...ADD, ...set(BITS)],
];

/** 128 bits. */
const signsStep = [...addDifferences(0), ...addDifferences(8)];

const loadX = [...get(POINTER), ...V_LOAD(0), ...set(X)];

/** X = 32 numbers of 4 bits. */
const roughStep = [
  loadX,
  ...addRough(SUM, 0, []),
  ...addRough(OTHER_SUM, 16, [...constant(4), ...V_SHIFT_RIGHT_16]),
];

/** X = 8 numbers of 16 bits. */
const exactStep = [
  loadX,
  ...addExact(SUM, 0, V_EXTEND_LOW_16_TO_32),
  ...addExact(OTHER_SUM, 16, V_EXTEND_HIGH_16_TO_32),
];

/** For each of `count` addresses: sum over the row in steps, then `out` = the result. */
function rowLoop(step: readonly number[][], queryStep: number, result: number[]): number[] {
  return [
    [...BLOCK, ...LOOP],
    [...get(COUNT), ...IS_ZERO, ...BRANCH_IF(1)],
    [...get(ADDRESSES), ...LOAD_I32, ...tee(POINTER), ...get(LENGTH), ...ADD, ...set(END)],
    [...get(QUERY), ...set(Q), ...V_ZERO, ...tee(SUM), ...set(OTHER_SUM), ...constant(0), ...set(BITS)],
    LOOP,
    ...step,
    increase(POINTER, 16),
    increase(Q, queryStep),
    [...get(POINTER), ...get(END), ...LESS_UNSIGNED, ...BRANCH_IF(0)],
    END_BLOCK,
    [...get(OUT), ...result, ...STORE_F32],
    increase(ADDRESSES, 4),
    increase(OUT, 4),
    [...get(COUNT), ...constant(1), ...SUBTRACT, ...set(COUNT)],
    BRANCH(0),
    [...END_BLOCK, ...END_BLOCK, ...END_BLOCK],
  ].flat();
}

const section = (id: number, content: number[]) => [id, ...leb(content.length), ...content];
const sized = (content: number[]) => [...leb(content.length), ...content];
const text = (value: string) => sized([...new TextEncoder().encode(value)]);
/** `\0asm`, version 1. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Three 32-bit locals, three vectors and one more 32-bit local. */
const functionOf = (...body: Parameters<typeof rowLoop>) =>
  sized([3, 3, I32, 3, V128, 1, I32, ...rowLoop(...body)]);

/** The module: imports `env.memory`, exports `ScanFunctions`. */
export function compileScan(): WasmModule {
  const roughSum = [...total(V_ADD_32, V_LANE_32, ADD), ...TO_F32];
  const functions: readonly [keyof ScanFunctions, number[]][] = [
    ['signs', functionOf(signsStep, SIGNS_QUERY_STEP, [...get(BITS), ...TO_F32])],
    ['rough', functionOf(roughStep, NUMBERS_QUERY_STEP, roughSum)],
    ['exact', functionOf(exactStep, NUMBERS_QUERY_STEP, total(V_ADD_F32, V_LANE_F32, ADD_F32))],
  ];
  const count = functions.length;
  const exported = functions.flatMap(([name], number) => [...text(name), 0, number]);
  return new webAssembly.Module(
    Uint8Array.from([
      ...HEADER,
      ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
      ...section(2, [1, ...text('env'), ...text('memory'), 2, 0, 1]),
      ...section(3, [count, ...functions.map(() => 0)]),
      ...section(7, [count, ...exported]),
      ...section(10, [count, ...functions.flatMap(([, code]) => code)]),
    ]),
  );
}
