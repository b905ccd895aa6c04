import { grown } from './growable.ts';

/** Numbers for terms, from 0. Terms are read out of the item's text without making a string for each. */
export interface TermDictionary {
  /** How many terms have a number. */
  size(): number;
  /** The numbers of all terms of a text in order, repeats included; valid until the next call. New terms get one. */
  read(terms: string): Int32Array;
  /** -1 for a term no item has. */
  find(term: string): number;
  bytes(): number;
  /** What `termDictionary` takes to go on from here. */
  saved(): SavedDictionary;
}

export interface SavedDictionary {
  readonly table: Int32Array<ArrayBuffer>;
  readonly size: number;
}

/**
 * An open-addressing hash table that knows a term by 64 bits of hash and keeps no characters: one look into memory a
 * term. Two of a million terms share their bits once in 40 million indexes, and would then count as one term.
 */
interface State {
  /** Three numbers a place: both hashes, and the term's number + 1 (0: free). */
  table: Int32Array<ArrayBuffer>;
  /** A power of two; at most half of them are taken. */
  places: number;
  size: number;
}

const SPACE = 32;
const FIRST_PLACES = 1_024;
const HASH_SEED = 0x811c9dc5 | 0;
const CHECK_SEED = 0x2545f491;

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over the bytes of UTF-8. */
const nextHash = (hash: number, byte: number) => Math.imul(hash ^ byte, 0x01000193);
/** Rotate, xor, multiply, as rustc's FxHash, with the golden ratio. */
const nextCheck = (check: number, byte: number) =>
  Math.imul(((check << 5) | (check >>> 27)) ^ byte, 0x9e3779b1);

/** Where a term is, or where it belongs, in the table. */
function placeOf({ table, places }: State, hash: number, check: number): number {
  const mask = places - 1;
  let place = (hash ^ (hash >>> 15)) & mask;
  for (;;) {
    const at = place * 3;
    if (table[at + 2] === 0 || (table[at] === hash && table[at + 1] === check)) return at;
    place = (place + 1) & mask;
  }
}

function enlarge(state: State): void {
  const old = state.table;
  state.places *= 2;
  state.table = new Int32Array(state.places * 3);
  for (let at = 0; at < old.length; at += 3) {
    if (old[at + 2] === 0) continue;
    state.table.set(old.subarray(at, at + 3), placeOf(state, old[at] as number, old[at + 1] as number));
  }
}

function numberOf(state: State, hash: number, check: number): number {
  const at = placeOf(state, hash, check);
  const found = state.table[at + 2] as number;
  if (found > 0) return found - 1;
  state.table[at] = hash;
  state.table[at + 1] = check;
  state.table[at + 2] = ++state.size;
  if (state.size * 2 > state.places) enlarge(state);
  return state.size - 1;
}

/** Fills `hashes` with hash and check of every term of a text; returns how many numbers these are. */
function hashTerms(bytes: Uint8Array, end: number, hashes: Int32Array): number {
  let [count, start, hash, check] = [0, 0, HASH_SEED, CHECK_SEED];
  for (let i = 0; i <= end; i++) {
    const byte = i < end ? (bytes[i] as number) : SPACE;
    if (byte !== SPACE) {
      hash = nextHash(hash, byte);
      check = nextCheck(check, byte);
      continue;
    }
    if (i > start) {
      hashes[count++] = hash;
      hashes[count++] = check;
    }
    start = i + 1;
    hash = HASH_SEED;
    check = CHECK_SEED;
  }
  return count;
}

export function termDictionary(saved?: SavedDictionary): TermDictionary {
  const { table, size } = saved ?? { table: new Int32Array(FIRST_PLACES * 3), size: 0 };
  const state: State = { table, places: table.length / 3, size };
  const encoder = new TextEncoder();
  let bytes = new Uint8Array(1024);
  let hashes = new Int32Array(1024);
  let numbers = new Int32Array(1024);

  /** Hashing all terms before any is looked up lets the processor wait for several places of the table at once. */
  const hashAll = (terms: string) => {
    bytes = grown(bytes, terms.length * 3);
    const { written } = encoder.encodeInto(terms, bytes);
    // No term is shorter than a character and a space.
    hashes = grown(hashes, written + 2);
    numbers = grown(numbers, (written >> 1) + 1);
    return hashTerms(bytes, written, hashes);
  };

  return {
    size: () => state.size,
    read(terms) {
      const end = hashAll(terms);
      for (let at = 0; at < end; at += 2) {
        numbers[at >> 1] = numberOf(state, hashes[at] as number, hashes[at + 1] as number);
      }
      return numbers.subarray(0, end >> 1);
    },
    find(term) {
      if (hashAll(term) !== 2) return -1;
      return (state.table[placeOf(state, hashes[0] as number, hashes[1] as number) + 2] as number) - 1;
    },
    saved: () => ({ table: state.table, size: state.size }),
    bytes: () => [state.table, bytes, hashes, numbers].reduce((sum, list) => sum + list.byteLength, 0),
  };
}
