import type { ParsedMessage } from './parsed.ts';
import type { TimeReader } from './read-time.ts';
import { asText } from './record-fields.ts';

/** Words in the place of a time could be what somebody said, which no report may keep; digits and signs are not. */
const TELLABLE = /^[\d\s.,:/+-]{1,40}$/u;

const isGiven = (value: unknown) =>
  value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');

/** When a message was said; if something came that cannot be read as a time, what it was. Nothing when nothing came. */
export function messageTime(
  value: unknown,
  readTime: TimeReader,
): Pick<ParsedMessage, 'time' | 'unreadTime'> {
  const time = readTime(value);
  if (time !== undefined) return { time };
  if (!isGiven(value)) return {};
  const came = asText(value) ?? '';
  return { unreadTime: TELLABLE.test(came) ? came : '' };
}
