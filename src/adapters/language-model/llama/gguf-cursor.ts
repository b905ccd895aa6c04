/** The bytes at hand end before the header does. */
export class MoreBytesNeeded extends Error {
  override readonly name = 'MoreBytesNeeded';
}

/** The content is not what the format says. */
export class NotGguf extends Error {
  override readonly name = 'NotGguf';
}

/** A value of the metadata; lists are not read, only passed over. */
export type MetadataValue = string | number | boolean | undefined;

export interface GgufCursor {
  readonly position: () => number;
  readonly u32: () => number;
  readonly u64: () => number;
  readonly string: () => string;
  /** A value of this type. */
  readonly value: (type: number) => MetadataValue;
}

const UTF8 = new TextDecoder();
const LIST = 9;
const STRING = 8;
/** Bytes of the types of fixed size: u8, i8, u16, i16, u32, i32, f32, bool, then u64, i64, f64. */
const SIZES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** Reads a GGUF header, little endian, from its first byte on. Throws `MoreBytesNeeded` or `NotGguf`. */
export function ggufCursor(bytes: Uint8Array): GgufCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  /** Where so many bytes begin that are read now. */
  const take = (count: number): number => {
    const start = at;
    if (start + count > bytes.length) throw new MoreBytesNeeded();
    at += count;
    return start;
  };
  const u32 = () => view.getUint32(take(4), true);
  const u64 = () => {
    const value = view.getBigUint64(take(8), true);
    if (value > Number.MAX_SAFE_INTEGER) throw new NotGguf('a size is beyond all measure');
    return Number(value);
  };
  const string = () => {
    const length = u64();
    const start = take(length);
    return UTF8.decode(bytes.subarray(start, start + length));
  };
  const sizeOf = (type: number): number => {
    const size = SIZES[type];
    if (size === undefined) throw new NotGguf(`a value has the unknown type ${type}`);
    return size;
  };
  const passList = (): undefined => {
    const type = u32();
    const count = u64();
    if (type === LIST) throw new NotGguf('a list holds lists');
    if (type !== STRING) take(count * sizeOf(type));
    else for (let index = 0; index < count; index++) take(u64());
    return undefined;
  };
  const number = (type: number): MetadataValue => {
    const start = take(sizeOf(type));
    if (type === 4) return view.getUint32(start, true);
    if (type === 5) return view.getInt32(start, true);
    if (type === 6) return view.getFloat32(start, true);
    if (type === 7) return view.getUint8(start) !== 0;
    if (type === 10) return Number(view.getBigUint64(start, true));
    return undefined;
  };
  return {
    position: () => at,
    u32,
    u64,
    string,
    value(type) {
      if (type === STRING) return string();
      if (type === LIST) return passList();
      return number(type);
    },
  };
}
