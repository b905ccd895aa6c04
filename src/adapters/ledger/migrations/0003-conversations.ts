import { type Kysely, sql } from 'kysely';

/** Branches, who titled a session, and how far its rolling summary reaches. Titles that exist count as a person's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('chat_sessions')
    .addColumn('titled_by', 'text', (column) => column.notNull().defaultTo('rule'))
    .execute();
  await sql`update chat_sessions set titled_by = 'person' where title <> ''`.execute(db);
  await db.schema.alterTable('chat_sessions').addColumn('leaf_id', 'text').execute();
  await db.schema.alterTable('chat_sessions').addColumn('summary_upto', 'text').execute();
  await db.schema.alterTable('chat_sessions').addColumn('summary_seq', 'integer').execute();
  await db.schema.alterTable('tombstones').addColumn('parent_id', 'text').execute();
}
