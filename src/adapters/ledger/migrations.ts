import type { Kysely } from 'kysely';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Transact } from './kysely-over.ts';
import { up as firstTables } from './migrations/0001-first-tables.ts';
import { up as usage } from './migrations/0002-usage.ts';
import { up as conversations } from './migrations/0003-conversations.ts';
import { up as people } from './migrations/0004-people.ts';
import { up as processes } from './migrations/0005-processes.ts';
import { up as traces } from './migrations/0006-traces.ts';
import { up as titles } from './migrations/0007-titles.ts';
import type { Tables } from './where-clause.ts';

/** A step of the schema; steps that were released never change. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  up(db: Kysely<unknown>): Promise<void>;
}

/** All steps, by version. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'first tables', up: firstTables },
  { version: 2, name: 'usage', up: usage },
  { version: 3, name: 'conversations', up: conversations },
  { version: 4, name: 'people', up: people },
  { version: 5, name: 'processes', up: processes },
  { version: 6, name: 'traces', up: traces },
  { version: 7, name: 'titles', up: titles },
];

export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  readonly now: () => number;
  readonly log: Log;
  /** Copies the database as it is, before the first step changes it; gives the copy's name. */
  readonly backup?: (version: number) => Promise<string>;
}

/**
 * Brings the schema up to date, each step in a transaction of its own. A database that has content is backed up before,
 * where the driver can.
 * Throws `unsupported` when the database was written by a newer Jiwa.
 */
export async function migrate(transact: Transact, options: MigrateOptions): Promise<void> {
  const from = await transact(schemaVersion);
  const latest = options.migrations.at(-1)?.version ?? 0;
  if (from > latest) {
    throw new AppError(
      'unsupported',
      `The ledger has schema version ${from}, written by a newer Jiwa; this Jiwa knows versions up to ${latest}. ` +
        'Install the newer Jiwa again, or restore a backup made before the update.',
      { details: { found: from, known: latest } },
    );
  }
  const steps = options.migrations.filter(({ version }) => version > from);
  if (steps.length > 0 && from > 0 && options.backup) {
    options.log.info('ledger-backup', { version: from, file: await options.backup(from) });
  }
  for (const step of steps) {
    await transact(async (tx) => {
      await step.up(tx as unknown as Kysely<unknown>);
      await tx
        .insertInto('schema_version')
        .values({ version: step.version, applied_at: options.now() })
        .execute();
    });
    options.log.info('ledger-migrated', { version: step.version, name: step.name });
  }
}

async function schemaVersion(db: Kysely<Tables>): Promise<number> {
  await db.schema
    .createTable('schema_version')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute();
  const row = await db
    .selectFrom('schema_version')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst();
  return Number(row?.version ?? 0);
}
