/**
 * The schema of the memory file, one migration a version: `PRAGMA user_version` counts those that ran. Never change
 * a migration that was released, add one.
 *
 * - `items` holds what filters and the index look at; `bodies` the rest, so that loading an index reads no texts. `n`
 *   names one item with one list of terms: an item whose terms change gets a new `n` and so loses its vectors.
 * - `links` has the tags and the sources of an item, for filters.
 * - `snapshot` names the snapshot that holds for the owner's items (see `snapshots.ts`).
 * - An owner without id and a slot without owner were removed: what is left of them is being erased.
 * - `vectors` are quantised (see `index/quantise.ts`), one row an item and slot.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE owners (
    owner_no INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id TEXT UNIQUE,
    snapshot TEXT
  );
  CREATE TABLE items (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_no INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    session_id TEXT,
    document_id TEXT,
    parent_id TEXT,
    position INTEGER NOT NULL,
    role INTEGER,
    author TEXT,
    created_at INTEGER NOT NULL,
    event_time INTEGER,
    time INTEGER NOT NULL,
    language TEXT,
    asks INTEGER NOT NULL,
    trust INTEGER NOT NULL,
    terms TEXT NOT NULL
  );
  CREATE UNIQUE INDEX items_id ON items (owner_no, id);
  CREATE INDEX items_owner ON items (owner_no, n);
  CREATE INDEX items_time ON items (owner_no, time DESC, id);
  CREATE INDEX items_session ON items (owner_no, session_id, position) WHERE session_id IS NOT NULL;
  CREATE INDEX items_document ON items (owner_no, document_id, position) WHERE document_id IS NOT NULL;
  CREATE INDEX items_parent ON items (owner_no, parent_id) WHERE parent_id IS NOT NULL;

  CREATE TABLE bodies (
    n INTEGER PRIMARY KEY,
    text TEXT,
    rest TEXT NOT NULL
  );
  CREATE TABLE links (
    n INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    owner_no INTEGER NOT NULL,
    PRIMARY KEY (n, kind, value)
  ) WITHOUT ROWID;
  CREATE INDEX links_value ON links (owner_no, kind, value, n);

  CREATE TABLE slots (
    slot_no INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_no INTEGER,
    name TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    UNIQUE (owner_no, name)
  );
  CREATE TABLE vectors (
    v INTEGER PRIMARY KEY,
    slot_no INTEGER NOT NULL,
    n INTEGER NOT NULL,
    scale REAL NOT NULL,
    codes BLOB NOT NULL
  );
  CREATE UNIQUE INDEX vectors_item ON vectors (slot_no, n);
  `,
];
