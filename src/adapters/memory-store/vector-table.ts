import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../core/errors.ts';
import type { Quantised } from './index/quantise.ts';

export interface Slot {
  readonly slotNo: number;
  readonly dimensions: number;
}

export type VectorTable = ReturnType<typeof vectorTable>;

/** Vectors erased in one transaction. */
const ERASE_BATCH = 500;

/** Slots and their vectors; callers hold the transaction. */
export function vectorTable(db: DatabaseSync) {
  const find = db.prepare('SELECT slot_no AS slotNo, dimensions FROM slots WHERE owner_no = ? AND name = ?');
  const add = db.prepare('INSERT INTO slots (owner_no, name, dimensions) VALUES (?, ?, ?)');
  const slots = db.prepare('SELECT slot_no FROM slots WHERE owner_no = ?');
  const hide = db.prepare('UPDATE slots SET owner_no = NULL WHERE slot_no = ?');
  const hidden = db.prepare('SELECT slot_no FROM slots WHERE owner_no IS NULL');
  const removeSlot = db.prepare('DELETE FROM slots WHERE slot_no = ?');
  const put = db.prepare(`
    INSERT INTO vectors (slot_no, n, scale, codes) VALUES (?, ?, ?, ?)
    ON CONFLICT (slot_no, n) DO UPDATE SET scale = excluded.scale, codes = excluded.codes`);
  const removeItem = db.prepare(
    'DELETE FROM vectors WHERE slot_no = ? AND n IN (SELECT value FROM json_each(?))',
  );
  const removeSome = db.prepare(
    'DELETE FROM vectors WHERE v IN (SELECT v FROM vectors WHERE slot_no = ? LIMIT ?)',
  );
  const count = db.prepare('SELECT count(*) AS vectors FROM vectors WHERE slot_no = ?');
  const all = db.prepare('SELECT n, scale, codes FROM vectors WHERE slot_no = ? ORDER BY n');
  all.setReturnArrays(true);
  const slotOf = (ownerNo: number, name: string) => find.get(ownerNo, name) as Slot | undefined;

  return {
    slotOf,
    /** The slot, made if missing; throws `invalid-input` when it holds vectors of another length. */
    slotFor(ownerNo: number, name: string, dimensions: number): Slot {
      const slot = slotOf(ownerNo, name);
      if (slot) return expectDimensions(slot, name, dimensions);
      const { lastInsertRowid } = add.run(ownerNo, name, dimensions);
      return { slotNo: Number(lastInsertRowid), dimensions };
    },
    slotsOf: (ownerNo: number) => slots.all(ownerNo).map((row) => row['slot_no'] as number),
    /** From now on nothing finds the slot; what is left is to be erased. */
    hide: (slotNo: number) => void hide.run(slotNo),
    hidden: () => hidden.all().map((row) => row['slot_no'] as number),
    put: (slot: Slot, n: number, { scale, codes }: Quantised) => void put.run(slot.slotNo, n, scale, codes),
    removeItems(ownerNo: number, numbers: readonly number[]): void {
      const list = JSON.stringify(numbers);
      for (const row of slots.all(ownerNo)) removeItem.run(row['slot_no'] as number, list);
    },
    /** Erases some vectors of a slot, at the end the slot; true when nothing is left. */
    eraseSome(slotNo: number): boolean {
      if (removeSome.run(slotNo, ERASE_BATCH).changes !== 0) return false;
      removeSlot.run(slotNo);
      return true;
    },
    count: (slot: Slot) => count.get(slot.slotNo)?.['vectors'] as number,
    /** All vectors of a slot as [n, scale, codes], by rising n. */
    all: (slot: Slot) =>
      all.iterate(slot.slotNo) as unknown as Iterable<readonly [number, number, Uint8Array]>,
  };
}

/** The slot itself if its vectors have this length; throws `invalid-input` if not. */
export function expectDimensions(slot: Slot, name: string, dimensions: number): Slot {
  if (slot.dimensions === dimensions) return slot;
  throw new AppError(
    'invalid-input',
    `The slot "${name}" holds vectors of ${slot.dimensions} dimensions, got one of ${dimensions}.`,
  );
}
