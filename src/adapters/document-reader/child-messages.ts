import type { ErrorCode } from '../../core/errors.ts';
import type { ExtractedDocument } from '../../ports/document-reader.ts';
import type { ReadRequest } from './format-reader.ts';

/** To the child: the bytes in pieces, then what to do with them. */
export type ToChild =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'read'; readonly request: ReadRequest };

/** From the child, once for each `read`. */
export type FromChild =
  | { readonly kind: 'done'; readonly document: ExtractedDocument }
  /** `cause` is for the log, the message for people. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly cause: string };
