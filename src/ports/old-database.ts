/** A table (or view) of another system, by name. */
export interface OldTableName {
  readonly schema: string;
  readonly table: string;
}

/** What the catalogue says of a table. */
export interface OldTable extends OldTableName {
  /** In the order of the table. */
  readonly columns: readonly string[];
  /** Empty for views and tables without one. */
  readonly primaryKey: readonly string[];
}

/** A row as text of the database's own making, exactly as it was stored: `null` or text, by column. */
export type OldRow = Readonly<Record<string, string | null>>;

/** Which rows are read. Every name must stand in the catalogue. */
export interface OldRows {
  readonly name: OldTableName;
  /** Unique and without nulls; rows come in its order. */
  readonly key: string;
  /** Columns of the other table in whose row `key` equals `on` here. */
  readonly joined?: {
    readonly name: OldTableName;
    readonly key: string;
    readonly on: string;
    readonly columns: readonly string[];
  };
  /** Only rows whose column, here or else in the joined row, holds this text. */
  readonly user?: {
    readonly value: string;
    readonly column?: string | undefined;
    readonly joinedColumn?: string | undefined;
  };
}

export interface OldPageRow {
  readonly key: string;
  readonly row: OldRow;
  /** Absent when there is no such row, or none was asked for. */
  readonly joined?: OldRow;
}

/**
 * The database of another system, read only: nothing in it is ever changed. Errors: `unavailable` (not reached, or lost),
 * `timeout`, `invalid-input` (a statement that the table does not allow, such as a key of an odd type).
 */
export interface OldDatabase {
  /** Name of the database. */
  readonly name: string;
  tables(signal: AbortSignal): Promise<readonly OldTable[]>;
  /** The next rows after a key, in the order of the key; at most `limit`. Needs memory for these only. */
  page(
    rows: OldRows,
    after: string | undefined,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly OldPageRow[]>;
  /** Reads the whole table once. */
  count(rows: OldRows, signal: AbortSignal): Promise<number>;
  /** The most frequent values of a column, most frequent first. Reads the whole table once. */
  frequent(
    name: OldTableName,
    column: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly { readonly value: string; readonly rows: number }[]>;
  close(): Promise<void>;
}

/** Opens the database at an address. The address holds a password: it stands in no error. */
export type OpenOldDatabase = (address: string, signal: AbortSignal) => Promise<OldDatabase>;
