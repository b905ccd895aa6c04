import type { RightOfWay } from '../../core/right-of-way.ts';
import type { Turns } from '../../core/turns.ts';
import type { ArchiveReader } from '../../ports/archive-reader.ts';
import type { Compute } from '../../ports/compute.ts';
import type { ChatStores } from '../chat-deps.ts';

/** What taking in a history needs. */
export interface ImportDeps extends ChatStores {
  readonly archives: ArchiveReader;
  readonly compute: Compute;
  /**
   * One for the whole app. Keys: an owner's id while places in sessions are given from files (imports, rebuild), an
   * import's id while its file is rewritten.
   */
  readonly importTurns: Turns;
  readonly way: Pick<RightOfWay, 'pass'>;
}
