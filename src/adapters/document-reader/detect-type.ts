import type { DetectedType, DocumentSource } from '../../ports/document-reader.ts';
import { toAppError } from '../../core/errors.ts';
import { isZip, openZip } from '../connections/limited-zip.ts';
import { limiter } from '../connections/limiter.ts';
import { decodeText } from './decode-text.ts';
import { FORMATS, OFFICE_TYPES, PDF_TYPE, TEXT_TYPES } from './formats.ts';
import { isOle, isProtectedOffice } from './office-file.ts';
import type { ReadLimits } from './read-limits.ts';
import { textFormat } from './text-format.ts';

/** What the type of all but containers is told from. */
const HEAD_BYTES = 65_536;

/** Files looked at at once: a container is held whole meanwhile. */
const AT_ONCE = 2;

export type DetectType = (
  source: Omit<DocumentSource, 'contentType'>,
  signal: AbortSignal,
) => Promise<DetectedType | undefined>;

/**
 * See `DocumentReader.detect`. Reads 64 KiB of a file; a zip or OLE container whole, since its directory may be at the
 * end: at most twice `limits.maxBytes` are held, others wait.
 */
export function typeDetector(limits: ReadLimits): DetectType {
  const inTurn = limiter(AT_ONCE);
  return (source, signal) => inTurn(() => detectType(source, limits, signal));
}

async function detectType(
  source: Omit<DocumentSource, 'contentType'>,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<DetectedType | undefined> {
  if (signal.aborted) throw toAppError(signal.reason);
  const { bytes, whole } = await collect(source.bytes, limits.maxBytes, signal);
  const contentType = await contentTypeOf(bytes, whole, source.filename, limits);
  const format = contentType === undefined ? undefined : FORMATS.get(contentType);
  return contentType === undefined || format === undefined
    ? undefined
    : { contentType, extension: format.extension };
}

async function collect(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; whole: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let container: boolean | undefined;
  for await (const part of source) {
    if (signal.aborted) throw toAppError(signal.reason);
    parts.push(part);
    length += part.length;
    if (container === undefined && length >= 8) container = isContainer(Buffer.concat(parts));
    if (length > (container === true ? maxBytes : HEAD_BYTES))
      return { bytes: Buffer.concat(parts), whole: false };
  }
  return { bytes: Buffer.concat(parts), whole: true };
}

function isContainer(bytes: Uint8Array): boolean {
  return isZip(bytes) || isOle(bytes);
}

async function contentTypeOf(
  bytes: Uint8Array,
  whole: boolean,
  filename: string,
  limits: ReadLimits,
): Promise<string | undefined> {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  if (head.slice(0, 1_024).includes('%PDF-')) return PDF_TYPE;
  if (isZip(bytes)) return officeType(await zipNames(bytes, head, limits));
  if (isOle(bytes)) return isProtectedOffice(bytes) ? protectedOfficeType(filename) : undefined;
  if (/^(?:\{\\rtf|%!PS)/.test(head)) return undefined;
  const decoded = decodeText(whole ? bytes : withoutCutCharacter(bytes));
  return decoded && TEXT_TYPES[textFormat(decoded.text, filename, whole)];
}

/** Names in a zip; of a damaged one what its first bytes show, so that reading it can say what is wrong. */
async function zipNames(bytes: Uint8Array, head: string, limits: ReadLimits): Promise<string> {
  try {
    return (await openZip(bytes, limits.zip)).names.join('\n');
  } catch {
    return head;
  }
}

function officeType(names: string): string | undefined {
  if (!names.includes('[Content_Types].xml') && !names.includes('_rels/.rels')) return undefined;
  if (names.includes('word/document')) return OFFICE_TYPES.docx;
  if (names.includes('ppt/presentation')) return OFFICE_TYPES.pptx;
  return names.includes('xl/workbook') ? OFFICE_TYPES.xlsx : undefined;
}

/** Encryption hides what kind of document it is; only the name is left. */
function protectedOfficeType(filename: string): string {
  if (/\.pptx?$/i.test(filename)) return OFFICE_TYPES.pptx;
  return /\.xlsx?$/i.test(filename) ? OFFICE_TYPES.xlsx : OFFICE_TYPES.docx;
}

/** The head of a longer file may end inside a UTF-8 character; its last line goes, which a text can spare. */
function withoutCutCharacter(bytes: Uint8Array): Uint8Array {
  const end = bytes.lastIndexOf(0x0a);
  if (end > bytes.length / 2) return bytes.subarray(0, end + 1);
  let cut = bytes.length;
  while (cut > 0 && cut > bytes.length - 4 && ((bytes[cut - 1] ?? 0) & 0x80) !== 0) cut--;
  return bytes.subarray(0, cut);
}
