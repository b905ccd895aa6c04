import { sha256 } from '../../../core/ids.ts';

const LONGEST = 60;

/**
 * The named vector of a slot. Names of Weaviate hold only letters, digits and underscores; the hash keeps two slots apart
 * that look alike then.
 */
export function vectorName(slot: string): string {
  const readable = slot.replaceAll(/[^A-Za-z0-9]+/g, '_').slice(0, LONGEST);
  return `v_${readable}_${sha256(slot).slice(0, 8)}`;
}

/** The property that is true where an item has a vector in the slot. */
export const presenceOf = (vector: string) => `has_${vector}`;

/** Those of these properties that are such notes and true. */
export const notesIn = (properties: Readonly<Record<string, unknown>>): Record<string, true> =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      name.startsWith(presenceOf('')) && value === true ? [[name, value] as const] : [],
    ),
  );

export const isSlotVector = (vector: string) => vector.startsWith('v_');
