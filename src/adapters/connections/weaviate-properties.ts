import type { PropertyConfigCreate } from 'weaviate-client';

export type Property = PropertyConfigCreate<undefined>;

/** Compared whole, byte by byte. */
export const filtered = (name: string, dataType: 'text' | 'text[]'): Property => ({
  name,
  dataType,
  tokenization: 'field',
  indexFilterable: true,
  indexSearchable: false,
});

/** A number that is compared by size. */
export const ranged = (name: string): Property => ({
  name,
  dataType: 'number',
  indexFilterable: true,
  indexRangeFilters: true,
});

/** Only given back. */
export const kept = (name: string): Property => ({
  name,
  dataType: 'text',
  indexFilterable: false,
  indexSearchable: false,
});
