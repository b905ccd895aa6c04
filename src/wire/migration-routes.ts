import { NewMigration } from './migration.ts';
import type { Route } from './route.ts';
import { JobStarted } from './system.ts';

export const migrationRoutes = {
  migrateFromPostgres: {
    method: 'POST',
    path: '/api/migrations',
    tag: 'System',
    summary: 'Moves an old PostgreSQL-first deployment into this space; for who also runs the installation.',
    action: 'space:manage',
    audit: 'migration-started',
    body: NewMigration,
    response: JobStarted,
    answers: 'json',
    status: 202,
  },
} as const satisfies Record<string, Route>;
