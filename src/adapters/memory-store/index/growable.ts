type Numbers =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>;

/**
 * The array itself when it holds at least `length` numbers, else one half as large again with the same numbers and
 * then zeros. The old array is emptied, and its memory given back at once, not at the next garbage collection.
 */
export function grown<T extends Numbers>(array: T, length: number): T {
  if (array.length >= length) return array;
  const capacity = Math.max(length, Math.ceil(array.length * 1.5), 16);
  const Same = array.constructor as new (buffer: ArrayBuffer) => T;
  return new Same(array.buffer.transfer(capacity * array.BYTES_PER_ELEMENT));
}
