import type { StoredMessage } from '../../memory/transcripts.ts';
import type { ImportedFile } from './imports.ts';

/** A session while an import writes to it. */
export interface ImportedSession {
  readonly id: string;
  readonly externalId: string;
  readonly title: string | undefined;
  readonly startedAt: number | undefined;
  /** `new`: has no row yet, so none of its messages can be known. */
  state: 'unknown' | 'new' | 'known' | 'forgotten';
  /** The import that began it, when it had a row before this one. */
  beganIn?: string | undefined;
  /** Place of the next new message. */
  nextSeq: number;
  lastTime?: number | undefined;
}

/** How an import is written when memory is rebuilt: known messages are made again at their places. */
export interface Rebuild {
  /** Place of the first new message in a session; the ledger's own count is ahead of an empty memory. */
  readonly firstSeq: (sessionId: string) => number;
}

/** A batch of an import that was just made recallable. */
export interface WrittenBatch {
  readonly file: ImportedFile;
  readonly userId: string;
  readonly sessions: readonly ImportedSession[];
  /** Sessions that got items beside their messages; not all of them exist. */
  readonly beside: readonly ImportedSession[];
  readonly messages: readonly StoredMessage[];
}
