import type { ClientBase } from 'pg';
import { AppError } from '../../core/errors.ts';

/** Set for one transaction: the owner whose rows it sees and writes, or `ALL_OWNERS`. Unset, it sees none. */
export const OWNER_SETTING = 'jiwa.owner';
export const ALL_OWNERS = 'all';

interface RoleRow {
  readonly name: string;
  readonly found: boolean;
  readonly unheld: boolean;
}

/** The role that the ledger's statements run as: `<database>_app`, which owns nothing and is held by the policies. */
async function roleOf(client: ClientBase): Promise<string> {
  const { rows } = await client.query<RoleRow>(`
    select name, r.oid is not null as found, coalesce(r.rolsuper or r.rolbypassrls, false) as unheld
    from (select left(current_database(), 59) || '_app' as name) as wanted
    left join pg_roles as r on r.rolname = wanted.name`);
  const [wanted] = rows;
  if (wanted === undefined) throw new AppError('internal', 'The database did not tell its name.');
  const { name, found, unheld } = wanted;
  if (unheld)
    throw new AppError('unsupported', `The database role "${name}" must not bypass row-level security.`);
  const role = client.escapeIdentifier(name);
  try {
    if (!found) await client.query(`create role ${role} nologin`);
    if (!found) await client.query(`grant ${role} to current_user`);
    await client.query(`set role ${role}`);
    await client.query('reset role');
    return name;
  } catch (cause) {
    const missing = `create role "${name}" nologin; grant "${name}" to <the user of JIWA_DATABASE_URL>;`;
    throw new AppError('unsupported', `Let an administrator of the database run: ${missing}`, { cause });
  }
}

const UNHELD_TABLES = `
  select format('%I', n.nspname) as schema, format('%I.%I', n.nspname, c.relname) as name
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  join pg_attribute as a on a.attrelid = c.oid and a.attname = 'owner_id' and not a.attisdropped
  where n.nspname = current_schema() and c.relkind = 'r' and not c.relrowsecurity`;

/**
 * Lets the application's role at the tables that have an owner, held by row-level security to the rows of the owner that
 * the transaction names. Gives the role. Errors: `unsupported` when the role is missing and may not be made.
 */
export async function holdToOwners(client: ClientBase): Promise<string> {
  const name = await roleOf(client);
  const role = client.escapeIdentifier(name);
  const { rows } = await client.query<{ readonly schema: string; readonly name: string }>(UNHELD_TABLES);
  for (const { schema, name: table } of rows) {
    await client.query(`
      begin;
      grant usage on schema ${schema} to ${role};
      create policy jiwa_owner on ${table} to ${role}
        using (owner_id = (select current_setting('${OWNER_SETTING}', true)));
      create policy jiwa_system on ${table} to ${role}
        using ((select current_setting('${OWNER_SETTING}', true)) = '${ALL_OWNERS}');
      alter table ${table} enable row level security;
      grant select, insert, update, delete on ${table} to ${role};
      commit`);
  }
  return name;
}
