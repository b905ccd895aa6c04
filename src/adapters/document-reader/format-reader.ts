import type { ExtractedDocument } from '../../ports/document-reader.ts';
import type { ReadLimits } from './read-limits.ts';

/** What a format's reader is told beside the bytes. */
export interface ReadRequest {
  readonly contentType: string;
  readonly filename: string;
  readonly limits: ReadLimits;
}

/** Turns the bytes of one format into text with structure. Throws AppError (`unreadable`, `too-large`). */
export type FormatReader = (
  bytes: Uint8Array,
  request: ReadRequest,
) => ExtractedDocument | Promise<ExtractedDocument>;
