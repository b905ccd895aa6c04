import { type WasmModule, webAssembly } from './web-assembly.ts';

/**
 * The inner loops of the vector scan as WebAssembly SIMD (https://webassembly.github.io/spec/core/), put together here
 * byte by byte. All take a list of addresses of rows (32 bits each), write one 32-bit float a row to `out`, and expect a
 * length in bytes that is a multiple of 16.
 */
export interface ScanFunctions {
  /** Dot products of the high bytes of rows with a query of 16-bit whole numbers. */
  rough(addresses: number, count: number, ...rest: [length: number, query: number, out: number]): void;
  /** Dot products of 256 × high + low byte with a query of 32-bit floats; low bytes are `lowOffset` after the high. */
  exact(
    addresses: number,
    count: number,
    ...rest: [length: number, query: number, out: number, lowOffset: number]
  ): void;
}

const I32 = 0x7f;
const V128 = 0x7b;
/** Parameters, then locals; `LOW_OFFSET` is a parameter of `exact` and an unused local of `rough`. */
const [ADDRESSES, COUNT, LENGTH, QUERY, OUT, LOW_OFFSET] = [0, 1, 2, 3, 4, 5];
const [POINTER, END, Q, SUM, X] = [6, 7, 8, 9, 10];

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const constant = (value: number) => [0x41, value];
const ADD = [0x6a];
const SUBTRACT = [0x6b];
const LESS_UNSIGNED = [0x49];
const IS_ZERO = [0x45];
const LOAD_I32 = [0x28, 2, 0];
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
const V_LOAD_8_TO_16 = simd(0x01, 0, 0);
const V_EXTEND_LOW_8_TO_16 = simd(0x87);
const V_EXTEND_HIGH_8_TO_16 = simd(0x88);
const V_SHIFT_LEFT_16 = simd(0x8b);
const V_ADD_16 = simd(0x8e);
const V_EXTEND_LOW_16_TO_32 = simd(0xa7);
const V_EXTEND_HIGH_16_TO_32 = simd(0xa8);
const V_ADD_32 = simd(0xae);
const V_DOT_16_TO_32 = simd(0xba);
const V_ADD_F32 = simd(0xe4);
const V_MULTIPLY_F32 = simd(0xe6);
const V_TO_F32 = simd(0xfa);
const V_LANE_32 = (lane: number) => simd(0x1b, lane);
const V_LANE_F32 = (lane: number) => simd(0x1f, lane);

/** Whole numbers in the format of the module: seven bits a byte. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

const increase = (local: number, by: number) => [...get(local), ...constant(by), ...ADD, ...set(local)];

/** The four lanes of the sum added up. */
const sumOfLanes = (lane: (n: number) => number[], add: number[]) => [
  ...get(SUM),
  ...lane(0),
  ...[1, 2, 3].flatMap((n) => [...get(SUM), ...lane(n), ...add]),
];

/** sum += dot of the 8 dimensions that `widen` takes out of X with the query at Q + offset. */
const addRough = (widen: number[], offset: number) => [
  [...get(SUM), ...get(X), ...widen, ...get(Q), ...V_LOAD(offset)],
  [...V_DOT_16_TO_32, ...V_ADD_32, ...set(SUM)],
];

/** sum += product of the 4 dimensions that `widen` takes out of X with the query at Q + offset. */
const addExact = (widen: number[], offset: number) => [
  [...get(SUM), ...get(X), ...widen, ...V_TO_F32, ...get(Q), ...V_LOAD(offset)],
  [...V_MULTIPLY_F32, ...V_ADD_F32, ...set(SUM)],
];

/** X = 16 high bytes; two dots of 8. */
const roughStep = [
  [...get(POINTER), ...V_LOAD(0), ...set(X)],
  ...addRough(V_EXTEND_LOW_8_TO_16, 0),
  ...addRough(V_EXTEND_HIGH_8_TO_16, 16),
  increase(POINTER, 16),
];

/** X = 8 values put together from high and low bytes; two products of 4. */
const exactStep = [
  [...get(POINTER), ...V_LOAD_8_TO_16, ...constant(8), ...V_SHIFT_LEFT_16],
  [...get(POINTER), ...get(LOW_OFFSET), ...ADD, ...V_LOAD_8_TO_16, ...V_ADD_16, ...set(X)],
  ...addExact(V_EXTEND_LOW_16_TO_32, 0),
  ...addExact(V_EXTEND_HIGH_16_TO_32, 16),
  increase(POINTER, 8),
];

/** For each of `count` addresses: sum over the row in steps, then `out` = the sum of the lanes. */
function rowLoop(step: readonly number[][], result: number[]): number[] {
  return [
    [...BLOCK, ...LOOP],
    [...get(COUNT), ...IS_ZERO, ...BRANCH_IF(1)],
    [...get(ADDRESSES), ...LOAD_I32, ...tee(POINTER), ...get(LENGTH), ...ADD, ...set(END)],
    [...get(QUERY), ...set(Q), ...V_ZERO, ...set(SUM)],
    LOOP,
    ...step,
    increase(Q, 32),
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
const type = (parameters: number) => [0x60, parameters, ...Array.from({ length: parameters }, () => I32), 0];

/** `\0asm`, version 1. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** The module: imports `env.memory`, exports `ScanFunctions`. */
export function compileScan(): WasmModule {
  const rough = [2, 4, I32, 2, V128, ...rowLoop(roughStep, [...sumOfLanes(V_LANE_32, ADD), ...TO_F32])];
  const exact = [2, 3, I32, 2, V128, ...rowLoop(exactStep, sumOfLanes(V_LANE_F32, ADD_F32))];
  return new webAssembly.Module(
    Uint8Array.from([
      ...HEADER,
      ...section(1, [2, ...type(5), ...type(6)]),
      ...section(2, [1, ...text('env'), ...text('memory'), 2, 0, 1]),
      ...section(3, [2, 0, 1]),
      ...section(7, [2, ...text('rough'), 0, 0, ...text('exact'), 0, 1]),
      ...section(10, [2, ...sized(rough), ...sized(exact)]),
    ]),
  );
}
