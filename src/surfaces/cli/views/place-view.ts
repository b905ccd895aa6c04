import type { Place } from '../../../wire/recall.ts';
import { day, moment } from '../format.ts';
import { oneLine } from '../plain-text.ts';

/** Who said something, for people. */
export function speaker(said: {
  readonly author?: string | undefined;
  readonly role?: string | undefined;
}): string {
  if (said.author !== undefined) return oneLine(said.author);
  return said.role === 'user' ? 'you' : (said.role ?? 'somebody');
}

/** Where a text came from, on one line: file, page and day, or conversation, speaker and moment. */
export function placeLine(place: Place): string {
  const name = oneLine(place.name);
  if (place.kind === 'conversation') return `${name} · ${speaker(place)}, ${moment(place.time)}`;
  const page = place.page === undefined ? '' : `, page ${place.page}`;
  return `${name}${page} · ${day(place.time)}`;
}
