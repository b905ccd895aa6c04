import type { DatabaseSync } from 'node:sqlite';

export type OwnerTable = ReturnType<typeof ownerTable>;

/** Owners have numbers inside the file, so that rows and their keys stay small; no number is used twice. */
export function ownerTable(db: DatabaseSync) {
  const find = db.prepare('SELECT owner_no FROM owners WHERE owner_id = ?');
  const insert = db.prepare('INSERT OR IGNORE INTO owners (owner_id) VALUES (?)');
  const snapshot = db.prepare('SELECT snapshot FROM owners WHERE owner_no = ?');
  const setSnapshot = db.prepare('UPDATE owners SET snapshot = ? WHERE owner_no = ?');
  const hide = db.prepare('UPDATE owners SET owner_id = NULL WHERE owner_no = ?');
  const hidden = db.prepare('SELECT owner_no FROM owners WHERE owner_id IS NULL');
  const remove = db.prepare('DELETE FROM owners WHERE owner_no = ?');
  const numberOf = (ownerId: string) => find.get(ownerId)?.['owner_no'] as number | undefined;
  return {
    /** `undefined` for an owner nothing was written for. */
    numberOf,
    add(ownerId: string): number {
      insert.run(ownerId);
      return numberOf(ownerId) as number;
    },
    /** The name of the snapshot that holds, `undefined` if none does. */
    snapshotOf: (ownerNo: number) => (snapshot.get(ownerNo)?.['snapshot'] as string | null) ?? undefined,
    setSnapshot: (ownerNo: number, name: string | undefined) => void setSnapshot.run(name ?? null, ownerNo),
    /** From now on nothing finds the owner; what is left is to be erased. */
    hide: (ownerNo: number) => void hide.run(ownerNo),
    hidden: () => hidden.all().map((row) => row['owner_no'] as number),
    remove: (ownerNo: number) => void remove.run(ownerNo),
  };
}
