/** A text file's content as characters, and what it was encoded in. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: string;
  /** Bytes that meant nothing in that encoding. */
  readonly damaged: number;
}

/** Of single-byte files: how many bytes the guess of the encoding looks at. */
const SAMPLE_BYTES = 65_536;

/**
 * Tells the encoding (byte order mark; UTF-8; UTF-16 by its zero bytes; Windows-1251 or KOI8-R when letters beyond
 * ASCII stand side by side, else Windows-1252) and decodes. `undefined` when the bytes are no text: more control
 * characters than a text has by accident.
 */
export function decodeText(bytes: Uint8Array): DecodedText | undefined {
  const decoded = decode(bytes);
  return looksLikeText(decoded.text) ? decoded : undefined;
}

function decode(bytes: Uint8Array): DecodedText {
  const wide = utf16Kind(bytes);
  if (wide !== undefined) return lossy(bytes, wide);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', damaged: 0 };
  } catch {
    const asUtf8 = lossy(bytes, 'utf-8');
    // A few broken bytes among many good sequences are a damaged UTF-8 text, not another encoding.
    const letters = asUtf8.text.match(/[\u0080-\ufffc]/gu)?.length ?? 0;
    if (asUtf8.damaged * 20 < letters || hasUtf8Mark(bytes)) return asUtf8;
    return lossy(bytes, singleByteKind(bytes.subarray(0, SAMPLE_BYTES)));
  }
}

function lossy(bytes: Uint8Array, encoding: string): DecodedText {
  const text = new TextDecoder(encoding).decode(bytes);
  return { text, encoding, damaged: text.match(/\ufffd/gu)?.length ?? 0 };
}

function hasUtf8Mark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function utf16Kind(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, Math.min(SAMPLE_BYTES, bytes.length - (bytes.length % 2)));
  return sample.includes(0) ? unmarkedUtf16(sample) : undefined;
}

/** The high bytes of Latin and Cyrillic are 0x00 and 0x04; the low ones are spread. */
function unmarkedUtf16(sample: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const isHigh = (byte: number) => byte === 0x00 || byte === 0x04;
  const even = sample.filter((byte, index) => index % 2 === 0 && isHigh(byte)).length / (sample.length / 2);
  const odd = sample.filter((byte, index) => index % 2 === 1 && isHigh(byte)).length / (sample.length / 2);
  if (odd > 0.9 && even < 0.5) return 'utf-16le';
  return even > 0.9 && odd < 0.5 ? 'utf-16be' : undefined;
}

/** Cyrillic words are runs of bytes from 0xC0 up; in Western texts such bytes stand alone between ASCII letters. */
function singleByteKind(sample: Uint8Array): 'windows-1251' | 'koi8-r' | 'windows-1252' {
  let letters = 0;
  let inRuns = 0;
  let low = 0;
  for (let i = 0; i < sample.length; i++) {
    if (!isHighLetter(sample[i])) continue;
    letters++;
    if (isHighLetter(sample[i - 1]) || isHighLetter(sample[i + 1])) inRuns++;
    if ((sample[i] ?? 0) < 0xe0) low++;
  }
  if (inRuns * 2 < letters) return 'windows-1252';
  // Small letters are 0xE0 up in Windows-1251 and below 0xE0 in KOI8-R, and most letters are small.
  return low * 2 > letters ? 'koi8-r' : 'windows-1251';
}

function isHighLetter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0xc0;
}

function looksLikeText(text: string): boolean {
  let odd = 0;
  for (let i = 0; i < text.length; i++) if (isOddInText(text.charCodeAt(i))) odd++;
  return odd <= 1 + text.length / 200;
}

/** White space (9–13) and escape (27, colours of a terminal) are not odd. */
function isOddInText(code: number): boolean {
  return code === 0xfffd || (code < 32 && code !== 27 && (code < 9 || code > 13));
}
