import { AppError } from '../../core/errors.ts';
import type { ExtractedDocument } from '../../ports/document-reader.ts';
import type { ReadRequest } from './format-reader.ts';
import { FORMATS, PDF_TYPE } from './formats.ts';

/** Reads bytes of a known type in this process. Errors: `unsupported`, `unreadable`, `too-large`; for people. */
export async function readDocument(bytes: Uint8Array, request: ReadRequest): Promise<ExtractedDocument> {
  const format = FORMATS.get(request.contentType);
  if (format === undefined) {
    throw new AppError('unsupported', `There is no reader for files of the type ${request.contentType}.`);
  }
  if (bytes.length === 0) throw new AppError('unreadable', 'The file is empty.');
  const read = await format.load();
  const document = await readOrExplain(async () => read(bytes, request), format.called);
  if (document.text.trim() === '') throw new AppError('unreadable', noText(request.contentType));
  return document;
}

async function readOrExplain(
  read: () => Promise<ExtractedDocument>,
  called: string,
): Promise<ExtractedDocument> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('unreadable', `The file is damaged: it could not be read as ${called}.`, {
      cause: error,
    });
  }
}

function noText(contentType: string): string {
  if (contentType === PDF_TYPE)
    return 'No text was found in this PDF: its pages are perhaps scanned pictures.';
  return 'No text was found in this file.';
}
