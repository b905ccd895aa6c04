/** So much of what a server says about a failure is kept, for the log. */
const KEPT_CHARS = 300;

/** Beyond this nothing is looked at. */
const READ_CHARS = 10_000;

/** Enough of a key to know it by; a server may repeat a part of it only. */
const KNOWN_BY_CHARS = 8;

/** Longer waits are for the caller's schedule. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** What a server said, short, and without the secret or a piece of it, which a server may repeat. */
export function saidBy(text: string, secret: string | undefined): string {
  if (secret === undefined || secret === '') return text.slice(0, KEPT_CHARS);
  const begin = secret.slice(0, KNOWN_BY_CHARS);
  const words = text.slice(0, READ_CHARS);
  return words.replaceAll(/\S+/g, (word) => (word.includes(begin) ? '[key]' : word)).slice(0, KEPT_CHARS);
}

/** `retry-after`: seconds or a date (RFC 9110 §10.2.3), in milliseconds from now; `undefined` when it is neither. */
export function retryAfterMs(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS);
}
