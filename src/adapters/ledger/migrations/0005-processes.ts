import type { Kysely } from 'kysely';

/** Which processes are at work on the ledger, what one of them does alone, and who began which write and which call. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('processes')
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('beats', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('processes_key', ['owner_id', 'id'])
    .execute();
  await db.schema
    .createTable('leases')
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('process', 'text', (column) => column.notNull())
    .addColumn('ending', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('leases_key', ['owner_id', 'name'])
    .execute();
  await db.schema.alterTable('intents').addColumn('process', 'text').execute();
  await db.schema.alterTable('usage').addColumn('process', 'text').execute();
}
