import type { Schema } from '../../connections/weaviate-schema.ts';
import type { Bm25 } from '../index/word-index.ts';
import { PROPERTIES } from './collections.ts';

/** The collections of the memory. Change properties by a migration only. */
export const memorySchema = (bm25: Bm25): Schema => ({
  of: 'memory',
  properties: PROPERTIES,
  migrations: [],
  bm25,
});
