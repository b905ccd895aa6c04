import type { Kysely } from 'kysely';

/** Titles that documents carry themselves are text of theirs; objects hold them, from the next reading or rebuild on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('documents').dropColumn('title').execute();
}
