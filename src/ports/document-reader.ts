export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'code' | 'turn' | 'quote';

/** A structural piece of the extracted text: `text.slice(start, end)`, UTF-16 code units. Blocks do not overlap. */
export interface Block {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** Of a heading: 1 is the highest. */
  readonly level?: number;
}

/** Page (or slide, or sheet) `number` (from 1) begins at `start`; ascending, the first at 0. */
export interface PageStart {
  readonly number: number;
  readonly start: number;
  /** A sheet's or slide's name. */
  readonly label?: string;
}

export interface ExtractedDocument {
  readonly title?: string;
  /** All text, in reading order; what chunks and citations point into. */
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Empty for formats without pages. */
  readonly pages: readonly PageStart[];
  /** What could not be read and why, for people. */
  readonly warnings: readonly string[];
}

/** A content type told from the bytes, with the extension its original is stored under. */
export interface DetectedType {
  readonly contentType: string;
  readonly extension: string;
}

export interface DocumentSource {
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Turns files into text with structure, in a process of its own with limits of time, memory, output and archive
 * ratio. Errors: `unsupported` (no reader for the type), `unreadable` (damaged, encrypted, a bomb, no text),
 * `too-large` (a limit), `timeout`, `aborted`; each message is for people.
 */
export interface DocumentReader {
  /** What it can read, as people call it: `PDF`, `Word`, … */
  readonly formats: readonly string[];
  /** The type by content, the name only breaking ties between text formats; `undefined` when nothing can read it. */
  detect(source: Omit<DocumentSource, 'contentType'>, signal: AbortSignal): Promise<DetectedType | undefined>;
  read(source: DocumentSource, signal: AbortSignal): Promise<ExtractedDocument>;
  close(): Promise<void>;
}
