import type { Ctx } from '../../core/context.ts';
import { type ArchiveCounts, type ArchiveDeps, writeArchive } from './write-archive.ts';

export interface BackUpDeps extends ArchiveDeps {
  /** Writes into the audit log of the installation that a backup of this name was made. */
  readonly recorded: (name: string, counts: ArchiveCounts) => Promise<void>;
}

/**
 * The whole installation as an archive: all spaces, people, hashes of their secrets, settings with sealed secrets, objects. The
 * file that opens sealed secrets is not in it. Errors: `conflict`, those of the stores.
 */
export function backUp(
  input: { readonly name: string; readonly home: string; readonly madeBy: string },
  deps: BackUpDeps,
  ctx: Ctx,
): AsyncGenerator<Uint8Array, void, void> {
  const { name, home: ownerId, madeBy } = input;
  const of = { kind: 'installation', name, ownerId, madeBy } as const;
  return writeArchive({ of, ended: (counts) => deps.recorded(name, counts) }, deps, ctx);
}
