import { AppError, toAppError, type ErrorCode } from '../../core/errors.ts';

/** One at a time is sent to an encoder process. */
export interface EmbedRequest {
  readonly texts: readonly string[];
}

export type EmbedReply =
  | { readonly kind: 'vectors'; readonly vectors: readonly Float32Array[]; readonly tookMs: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly cause: string };

/** Errors lose their class on the way between processes. */
export function packFailure(error: unknown): EmbedReply {
  const { code, message, cause } = toAppError(error);
  return { kind: 'failed', code, message, cause: cause instanceof Error ? cause.message : '' };
}

export function unpackFailure(reply: Extract<EmbedReply, { kind: 'failed' }>): AppError {
  return new AppError(reply.code, reply.message, reply.cause === '' ? {} : { cause: new Error(reply.cause) });
}
