import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { AppError } from '../../core/errors.ts';
import type {
  OldDatabase,
  OldPageRow,
  OldRow,
  OldRows,
  OldTable,
  OldTableName,
} from '../../ports/old-database.ts';

const CONNECT_MS = 10_000;
/** A page over a join without an index reads a whole table. */
const STATEMENT_MS = 10 * 60_000;

/** Text of every value in one form, whatever the server is set to; and nothing there is ever changed. */
const SESSION = `
  set default_transaction_read_only = on; set statement_timeout = ${STATEMENT_MS};
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex';
  set extra_float_digits = 1`;

const COLUMNS = `
  select n.nspname as schema, c.relname as table, a.attname as column,
    format_type(a.atttypid, a.atttypmod) as type, t.typcategory as category,
    coalesce(a.attnum = any(i.indkey), false) as key
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_index i on i.indrelid = c.oid and i.indisprimary
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname not like 'pg_toast%'
  order by n.nspname, c.relname, a.attnum`;

interface ColumnRow {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly category: string;
  readonly key: string;
}

/** The catalogue as it is needed for statements: types by table and column. */
type Types = ReadonlyMap<string, ReadonlyMap<string, { readonly type: string; readonly category: string }>>;

const placeOf = ({ schema, table }: OldTableName) => JSON.stringify([schema, table]);
const quoted = ({ schema, table }: OldTableName) => `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;

/** What the server said is told without values: they may be what somebody wrote. */
function failed(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof DatabaseError))
    return new AppError('unavailable', 'The old database cannot be reached.', { cause: error });
  const state = error.code ?? '';
  const cause = new Error(`PostgreSQL ${state}`);
  if (state === '57014') return new AppError('timeout', 'The old database took too long.', { cause });
  if (state.startsWith('28') || state === '3D000')
    return new AppError('invalid-input', 'The old database refuses the user, the password or the name.', {
      cause,
    });
  if (state === '42501')
    return new AppError('invalid-input', 'The user of the old database may not read the table.', { cause });
  if (/^(?:08|53|57|58)/u.test(state))
    return new AppError('unavailable', 'The old database cannot be reached.', { cause });
  return new AppError('invalid-input', `The old database refuses to read the table (${state}).`, { cause });
}

function typeOf(types: Types, name: OldTableName, column: string) {
  const type = types.get(placeOf(name))?.get(column);
  if (type === undefined)
    throw new AppError('invalid-input', `The old table ${name.table} has no column ${column}.`);
  return type;
}

/** Types of one category are compared as they are, so that an index serves; others by their text. */
function joinOf({ name, joined }: OldRows, types: Types): string {
  if (joined === undefined) return '';
  const [here, there] = [typeOf(types, name, joined.on), typeOf(types, joined.name, joined.key)];
  const [on, key] = [`t.${escapeIdentifier(joined.on)}`, `j.${escapeIdentifier(joined.key)}`];
  const alike = here.category === there.category && (here.category !== 'U' || here.type === there.type);
  return ` left join ${quoted(joined.name)} j on ${alike ? `${key} = ${on}` : `${key}::text = ${on}::text`}`;
}

function userOf({ user }: OldRows): string {
  if (user === undefined) return '';
  const columns = [
    ...(user.column === undefined ? [] : [`t.${escapeIdentifier(user.column)}::text`]),
    ...(user.joinedColumn === undefined ? [] : [`j.${escapeIdentifier(user.joinedColumn)}::text`]),
  ];
  return columns.length === 0 ? ' and false' : ` and coalesce(${columns.join(', ')}) = $1`;
}

const fromOf = (rows: OldRows, types: Types) =>
  `from ${quoted(rows.name)} t${joinOf(rows, types)} where t.${escapeIdentifier(rows.key)} is not null${userOf(rows)}`;

function pageRow(values: readonly (string | null)[], columns: readonly string[], rows: OldRows): OldPageRow {
  const row: OldRow = Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null]));
  const key = row[rows.key] ?? '';
  const { joined } = rows;
  if (joined === undefined || values[columns.length] == null) return { key, row };
  const rest = values.slice(columns.length + 1);
  return {
    key,
    row,
    joined: Object.fromEntries(joined.columns.map((column, i) => [column, rest[i] ?? null])),
  };
}

function reading(client: Client, name: string, catalogue: readonly ColumnRow[]): OldDatabase {
  const types = new Map<string, Map<string, { type: string; category: string }>>();
  const tables = new Map<string, { columns: string[]; primaryKey: string[] } & OldTableName>();
  for (const { schema, table, column, type, category, key } of catalogue) {
    const place = placeOf({ schema, table });
    const known = tables.get(place) ?? { schema, table, columns: [], primaryKey: [] };
    known.columns.push(column);
    if (key === 't') known.primaryKey.push(column);
    tables.set(place, known);
    types.set(place, (types.get(place) ?? new Map()).set(column, { type, category }));
  }
  const run = async (text: string, values: readonly unknown[], signal: AbortSignal) => {
    signal.throwIfAborted();
    // Nothing else ends a statement that runs; whoever cancels reads no further.
    const leave = () => void client.end().catch(() => undefined);
    signal.addEventListener('abort', leave, { once: true });
    try {
      const result = await client.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' });
      return result.rows;
    } catch (error) {
      signal.throwIfAborted();
      throw failed(error);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
  return {
    name,
    tables: async () => [...tables.values()] satisfies OldTable[],
    async page(rows, after, limit, signal) {
      const columns = tables.get(placeOf(rows.name))?.columns ?? [];
      const key = `t.${escapeIdentifier(rows.key)}`;
      const { type } = typeOf(types, rows.name, rows.key);
      const { joined } = rows;
      const list = [
        ...columns.map((column) => `t.${escapeIdentifier(column)}`),
        ...(joined === undefined
          ? []
          : [joined.key, ...joined.columns].map((column) => `j.${escapeIdentifier(column)}`)),
      ];
      const values = rows.user === undefined ? [] : [rows.user.value];
      const beyond = after === undefined ? '' : ` and ${key} > $${values.length + 1}::${type}`;
      if (after !== undefined) values.push(after);
      const text = `select ${list.join(', ')} ${fromOf(rows, types)}${beyond} order by ${key} limit ${Math.trunc(limit)}`;
      const found = await run(text, values, signal);
      return found.map((row) => pageRow(row, columns, rows));
    },
    async count(rows, signal) {
      const values = rows.user === undefined ? [] : [rows.user.value];
      const [found] = await run(`select count(*) ${fromOf(rows, types)}`, values, signal);
      return Number(found?.[0] ?? 0);
    },
    async frequent(table, column, limit, signal) {
      const text = `select ${escapeIdentifier(column)}::text, count(*) from ${quoted(table)}
        group by 1 order by 2 desc, 1 limit ${Math.trunc(limit)}`;
      const found = await run(text, [], signal);
      return found.flatMap(([value, rows]) => (value == null ? [] : { value, rows: Number(rows) }));
    },
    close: () => client.end().catch(() => undefined),
  };
}

/** The PostgreSQL database at an address, over one connection that can change nothing. */
export async function openPostgresOldDatabase(address: string, signal: AbortSignal): Promise<OldDatabase> {
  signal.throwIfAborted();
  let client: Client;
  try {
    client = new Client({
      connectionString: address,
      application_name: 'jiwa-migration',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      // Every value as the server writes it: no number loses a digit.
      types: { getTypeParser: () => (text: string) => text },
    });
  } catch {
    // The parser's own words may hold the address.
    throw new AppError('invalid-input', 'The address of the old database cannot be read.');
  }
  // What waits for the connection hears of its loss.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(SESSION);
    const { rows } = await client.query<ColumnRow>(COLUMNS);
    return reading(client, client.database ?? 'postgres', rows);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw failed(error);
  }
}
