import type { DatabaseSync } from 'node:sqlite';
import type { MemoryItem } from '../../ports/memory-store.ts';
import { restOf } from './item-rest.ts';
import { ITEM_COLUMNS, columnsOf, itemOf } from './item-row.ts';

/** An item as far as replacing or removing it needs. */
export interface StoredItem {
  readonly n: number;
  readonly kind: number;
  readonly terms: string;
}

export type ItemTable = ReturnType<typeof itemTable>;

const TAG = 0;
const SOURCE = 1;
/** Which kind of link a filter looks at. */
export const LINK_KINDS = { tags: TAG, sources: SOURCE } as const;

/** Items with their bodies and links; callers hold the transaction. */
export function itemTable(db: DatabaseSync) {
  const columns = ITEM_COLUMNS.join(', ');
  const marks = ITEM_COLUMNS.map(() => '?').join(', ');
  const settings = ITEM_COLUMNS.map((column) => `${column} = ?`).join(', ');
  const find = db.prepare('SELECT n, kind, terms FROM items WHERE owner_no = ? AND id = ?');
  const insert = db.prepare(`INSERT INTO items (owner_no, id, terms, ${columns}) VALUES (?, ?, ?, ${marks})`);
  const update = db.prepare(`UPDATE items SET ${settings} WHERE n = ?`);
  const putBody = db.prepare('INSERT OR REPLACE INTO bodies (n, text, rest) VALUES (?, ?, ?)');
  const link = db.prepare('INSERT OR IGNORE INTO links (n, kind, value, owner_no) VALUES (?, ?, ?, ?)');
  const unlink = db.prepare('DELETE FROM links WHERE n = ?');
  const removals = ['bodies', 'links', 'items'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE n IN (SELECT value FROM json_each(?))`),
  );
  const whole = 'SELECT i.*, b.text, b.rest FROM json_each(?) j';
  const byId = db.prepare(
    `${whole} CROSS JOIN items i ON i.owner_no = ? AND i.id = j.value JOIN bodies b ON b.n = i.n ORDER BY j.key`,
  );
  const byNumber = db.prepare(
    `${whole} CROSS JOIN items i ON i.n = j.value JOIN bodies b ON b.n = i.n ORDER BY j.key`,
  );
  const stored = db.prepare('SELECT n, kind, terms FROM json_each(?) j CROSS JOIN items ON n = j.value');

  const putDetails = (n: number, ownerNo: number, item: MemoryItem) => {
    putBody.run(n, item.text ?? null, restOf(item));
    for (const tag of item.tags) link.run(n, TAG, tag, ownerNo);
    for (const source of item.sources) link.run(n, SOURCE, source, ownerNo);
  };

  return {
    find: (ownerNo: number, id: string) => find.get(ownerNo, id) as StoredItem | undefined,
    /** Gives the item its number, which is higher than any before. */
    insert(ownerNo: number, item: MemoryItem): number {
      const { lastInsertRowid } = insert.run(ownerNo, item.id, item.terms, ...columnsOf(item));
      const n = Number(lastInsertRowid);
      putDetails(n, ownerNo, item);
      return n;
    },
    /** Replaces everything but id and terms. */
    update(ownerNo: number, n: number, item: MemoryItem): void {
      update.run(...columnsOf(item), n);
      unlink.run(n);
      putDetails(n, ownerNo, item);
    },
    remove(numbers: readonly number[]): void {
      const list = JSON.stringify(numbers);
      for (const removal of removals) removal.run(list);
    },
    stored: (numbers: readonly number[]) =>
      stored.all(JSON.stringify(numbers)) as unknown as readonly StoredItem[],
    /** In the order of the ids; missing ones are left out. */
    byIds: (ownerNo: number, ids: readonly string[]) => byId.all(JSON.stringify(ids), ownerNo).map(itemOf),
    /** In the order of the numbers. */
    byNumbers: (numbers: readonly number[]) => byNumber.all(JSON.stringify(numbers)).map(itemOf),
  };
}
