import type { Kysely } from 'kysely';

/** The trace context that a job was asked for in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('jobs').addColumn('trace_context', 'text').execute();
}
