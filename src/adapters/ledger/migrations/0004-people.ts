import type { Kysely } from 'kysely';

async function widen(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('users').addColumn('disabled_at', 'bigint').execute();
  await db.schema
    .alterTable('credentials')
    .addColumn('prefix', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await db.schema.alterTable('credentials').addColumn('scopes', 'text').execute();
  await db.schema.alterTable('credentials').addColumn('role', 'text').execute();
  await db.schema.alterTable('credentials').addColumn('created_by', 'text').execute();
  await db.schema.createIndex('users_id').on('users').columns(['id']).execute();
  await db.schema.createIndex('credentials_user').on('credentials').columns(['user_id', 'kind']).execute();
}

async function accounts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('accounts')
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('login', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('accounts_key', ['owner_id', 'id'])
    .addUniqueConstraint('accounts_login', ['owner_id', 'login'])
    .execute();
}

async function audit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit_entries')
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('credential_id', 'text')
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('subject', 'text')
    .addColumn('counts', 'text')
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('audit_entries_key', ['owner_id', 'seq'])
    .execute();
  await db.schema
    .createTable('audit_heads')
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('audit_heads_key', ['owner_id'])
    .execute();
}

/** Accounts, keys, browser sessions and invitations, and the audit log. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await widen(db);
  await accounts(db);
  await audit(db);
}
