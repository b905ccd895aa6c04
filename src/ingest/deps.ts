import type { TextReader } from '../memory/texts.ts';
import type { Compute } from '../ports/compute.ts';
import type { DocumentReader } from '../ports/document-reader.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { DocumentLocks } from './document-locks.ts';

/** All that this room needs from outside; each use case names its part of it. */
export interface IngestDeps {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly memory: MemoryStore;
  readonly reader: DocumentReader;
  readonly compute: Compute;
  readonly bus: Pick<EventBus, 'publish'>;
  /** The reader of chunk texts that recall uses: told when they change. */
  readonly texts: Pick<TextReader, 'forget'>;
  /** One for all use cases and jobs of a process. */
  readonly locks: DocumentLocks;
  /** The largest file that is accepted, in bytes. */
  readonly maxUploadBytes: number;
}
