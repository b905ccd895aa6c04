import { AppError } from '../../src/core/errors.ts';

/** LoCoMo: `1:56 pm on 8 May, 2023`. */
const LOCOMO = /^(\d{1,2}):(\d{2})\s*(am|pm)\s+on\s+(\d{1,2})\s+(\p{L}+),?\s+(\d{4})$/iu;
/** BEAM: `March-15-2024`. */
const BEAM = /^(\p{L}+)-(\d{1,2})-(\d{4})$/u;

function parsed(text: string): number {
  const locomo = LOCOMO.exec(text.trim());
  if (locomo) {
    const [, hour, minute, half, day, month, year] = locomo;
    const hours = (Number(hour) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
    return Date.parse(`${day} ${month} ${year} ${hours}:${minute} UTC`);
  }
  const beam = BEAM.exec(text.trim());
  if (beam) return Date.parse(`${beam[2]} ${beam[1]} ${beam[3]} 00:00 UTC`);
  const zoned = /\dT\d.*(?:Z|[+-]\d{2}:?\d{2})$|UTC|GMT/u.test(text);
  const plain = Date.parse(
    zoned || !/\d:\d/u.test(text) ? text : `${text.replace(/(\d)T(\d)/u, '$1 $2')} UTC`,
  );
  return Number.isNaN(plain) ? Date.parse(`${text} UTC`) : plain;
}

/** A time as the sets write it, in ms since the epoch; without a zone it is read as UTC, as the product does. */
export function benchTime(value: string | number): number {
  const time = typeof value === 'number' ? value : parsed(value);
  if (Number.isNaN(time)) throw new AppError('invalid-input', `Expected a date and time, got "${value}".`);
  return time;
}
