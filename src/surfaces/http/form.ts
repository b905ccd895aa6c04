import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { parseInput } from './errors.ts';
import type { UploadedFile } from './handlers.ts';

/** A form up to its file, which is left as a stream. */
export interface ReceivedForm {
  readonly form: unknown;
  readonly file: UploadedFile;
}

/**
 * What the use case left unread is read away before the answer: a client that is still sending would not hear it, and its
 * connection could not be used again.
 */
async function readAway(file: Readable): Promise<void> {
  if (file.readableEnded || file.destroyed) return;
  file.resume();
  await finished(file, { writable: false }).catch(() => undefined); // the client went away: nobody to answer
}

/** The next part, or nothing after the last. Throws `invalid-input` for what is no form; limits of the parser carry a status. */
async function nextPart(parts: AsyncIterator<Multipart>): Promise<Multipart | undefined> {
  try {
    const next = await parts.next();
    return next.done === true ? undefined : next.value;
  } catch (cause) {
    if (cause instanceof Error && 'statusCode' in cause) throw cause;
    const message = 'Expected a multipart form with its boundary, from the first part to the end line.';
    throw new AppError('invalid-input', message, { cause });
  }
}

/**
 * The bytes of a file, all of them or an error: `invalid-input` when the form breaks off or goes on after it (a second file or
 * a late field would be lost in silence), `too-large` when it was cut.
 */
async function* wholeFile(
  file: MultipartFile['file'],
  parts: AsyncIterator<Multipart>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* file.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new AppError('invalid-input', 'Expected a whole form; it broke off inside the file.', { cause });
  }
  // The parser ends a file at the limit as if that were its end.
  if (file.truncated) throw new AppError('too-large', 'The file is larger than this server takes.');
  const after = await nextPart(parts);
  if (after === undefined) return;
  if (after.type === 'file') await readAway(after.file);
  const message = `Expected the file as the last part and one file a request; \`${after.fieldname}\` came after it.`;
  throw new AppError('invalid-input', message);
}

/** Reads a multipart form for `work`. Fields must come before the file. Throws `unsupported` and `invalid-input`. */
export async function withForm<T>(
  request: FastifyRequest,
  schema: z.ZodType,
  work: (received: ReceivedForm) => Promise<T>,
): Promise<T> {
  if (!request.isMultipart()) {
    throw new AppError('unsupported', 'Expected multipart/form-data with a part named `file`.');
  }
  const fields: Record<string, unknown> = {};
  // Stepped by hand: leaving a `for await` would end the parser while the file still has to flow.
  const parts = request.parts()[Symbol.asyncIterator]();
  for (let part = await nextPart(parts); part !== undefined; part = await nextPart(parts)) {
    if (part.type === 'field') {
      fields[part.fieldname] = part.value;
      continue;
    }
    if (part.fieldname !== 'file') {
      throw new AppError(
        'invalid-input',
        `The file must be in the part \`file\`, not \`${part.fieldname}\`.`,
      );
    }
    try {
      const form = parseInput(schema, fields, 'form');
      // A part may come without a name.
      const { filename } = part as { readonly filename?: string };
      return await work({ form, file: { filename: filename ?? '', bytes: wholeFile(part.file, parts) } });
    } finally {
      await readAway(part.file);
    }
  }
  throw new AppError('invalid-input', 'The form has no part named `file`.');
}
