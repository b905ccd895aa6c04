import { startMigration } from '../../chat/migration/migrate-job.ts';
import type { Access } from '../../core/authorized.ts';
import { AppError } from '../../core/errors.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';

export function migrationHandlers({ services, people, within }: Bound) {
  /** The address reaches wherever the server can: it is for who runs the installation, in whatever space they are host. */
  const onlyOperators = async ({ userId }: Access) => {
    const { home } = people.deps;
    const host = { ownerId: home, id: userId, role: 'host', disabledAt: null } as const;
    if ((await services.ledger.systemReads().table('users').count(host)) === 0)
      throw new AppError('forbidden', 'Only the hosts of the first space may move an old deployment.');
  };
  return {
    async migrateFromPostgres(access, { body }, signal) {
      await onlyOperators(access);
      const { sealer } = services.models.secrets;
      const input = { ...body, userId: access.userId };
      return startMigration(input, { ...services, sealer }, within(access, signal));
    },
  } satisfies Partial<Handlers>;
}
