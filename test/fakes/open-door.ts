import type { Access, Authorized } from '../../src/core/authorized.ts';
import type { Door } from '../../src/surfaces/http/admit-request.ts';

/** A door that lets everybody in as one user and keeps nothing, changed by what the test gives. */
export function openDoor(ownerId: string, changes: Partial<Door> = {}): Door {
  return {
    admit: async () => ({ ownerId, userId: ownerId }) as Authorized<Access>,
    watch: () => ({ signal: new AbortController().signal, end() {} }),
    record: async () => {},
    ...changes,
  };
}
