import type { ArchiveReader } from '../../ports/archive-reader.ts';
import type { Compute } from '../../ports/compute.ts';
import type { ChatStores } from '../chat-deps.ts';

/** What taking in a history needs. */
export interface ImportDeps extends ChatStores {
  readonly archives: ArchiveReader;
  readonly compute: Compute;
}
