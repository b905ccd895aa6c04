/** A message of an export, read but not yet stored. */
export interface ParsedMessage {
  /** Where it stands in its record, enough to take it out again: a node, an index, or nothing for a line. */
  readonly at: string;
  /** Its id in the system it comes from. */
  readonly externalId?: string;
  readonly role: 'user' | 'assistant' | 'person';
  readonly author?: string;
  readonly text: string;
  /** What a picture in it shows. */
  readonly caption?: string;
  /** When it was said, ms since the epoch. */
  readonly time?: number;
}

/** Something that is not taken in, and why; `example` is short and for people. */
export interface Skipped {
  readonly reason: string;
  readonly example: string;
}

export type HistoryFormat = 'json-lines' | 'chatgpt' | 'claude';

/** What one record of an export (a conversation, or a line) holds. */
export interface ParsedRecord {
  readonly format: HistoryFormat;
  /** The conversation's id in the system it comes from. */
  readonly externalId: string;
  readonly title?: string;
  readonly startedAt?: number;
  readonly messages: readonly ParsedMessage[];
  readonly skipped: readonly Skipped[];
}

/** Begins of texts are enough to find what was skipped. */
export function example(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
