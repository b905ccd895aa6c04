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
  /** What came as its time and cannot be read, as it may be told; empty when it may not. */
  readonly unreadTime?: string;
}

/** Something that is not taken in, and why. What it says is not told: reports are kept where no such text may be. */
export interface Skipped {
  readonly reason: string;
  /** Which message of its record, from 1; absent for the whole record. */
  readonly message?: number;
}

export type HistoryFormat = 'json-lines' | 'chatgpt' | 'claude' | 'postgres';

/** A row of another system that measured somebody; becomes a `state` item. */
export interface ParsedState {
  readonly table: string;
  readonly key: string;
  /** Key of the exchange it was measured at, when it was at one. */
  readonly session?: string;
  /** Measurements by the name of the feature, as they came, in our units. */
  readonly measured: Readonly<Record<string, string | null>>;
  readonly time?: number;
}

/** A message with its answer, by their ids in the system they come from; becomes an `exchange` item. */
export interface ParsedExchange {
  readonly table: string;
  readonly key: string;
  readonly question: string;
  readonly answer: string;
  readonly strategy?: string;
  /** 0 … 1. */
  readonly effectiveness?: number;
  readonly environment?: string;
  readonly time?: number;
}

/** What one record of an export (a conversation, or a line) holds. */
export interface ParsedRecord {
  readonly format: HistoryFormat;
  /** The conversation's id in the system it comes from. */
  readonly externalId: string;
  readonly title?: string;
  readonly startedAt?: number;
  readonly messages: readonly ParsedMessage[];
  readonly skipped: readonly Skipped[];
  /** Name of the system, where rows of several can come in the same format. */
  readonly source?: string;
  readonly state?: ParsedState;
  readonly exchange?: ParsedExchange;
}
