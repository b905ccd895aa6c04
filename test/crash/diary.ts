/** What was asked of the server and what it acknowledged: the truth the data is held against after the kills. */
export interface Entry {
  /** A text found nowhere else. */
  readonly canary: string;
  readonly kind: 'document' | 'message';
  /** Session of a message. */
  readonly sessionId?: string;
  /** Set when the server acknowledged it. */
  id?: string;
  /** `asked` when a deletion was sent, `gone` when it was acknowledged. */
  deletion?: 'asked' | 'gone';
}

export interface Diary {
  readonly entries: Entry[];
  readonly sessions: string[];
}

/** Entries that the server acknowledged and nobody asked to delete: every one must be there, once. */
export function mustBeThere(diary: Diary): Entry[] {
  return diary.entries.filter((entry) => entry.id !== undefined && entry.deletion === undefined);
}

/** Entries whose deletion was acknowledged: nothing may be left of them. */
export function mustBeGone(diary: Diary): Entry[] {
  return diary.entries.filter((entry) => entry.deletion === 'gone');
}
