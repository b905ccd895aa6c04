import { z } from 'zod';
import type { Candidate, MemoryItem } from '../../../ports/memory-store.ts';
import { readRest, restOf } from '../item-rest.ts';
import { KINDS, SEARCHED_PROPERTIES } from './collections.ts';
import type { Properties } from '../../connections/weaviate-tenant-writes.ts';

/**
 * What Weaviate keeps of an item: properties that are filtered or searched, and two of JSON. `signals` is what a search
 * gives back of each candidate, so that 400 of them are quickly read; `rest` is what no other property holds.
 */
type SignalFields = Omit<Candidate, 'words' | 'cosines'>;

/** A field of a candidate that is not named here does not compile. */
const signalsSchema = z.object({
  kind: z.enum(KINDS),
  sessionId: z.string().exactOptional(),
  documentId: z.string().exactOptional(),
  parentId: z.string().exactOptional(),
  position: z.number(),
  role: z.enum(['user', 'assistant', 'person', 'system']).exactOptional(),
  author: z.string().exactOptional(),
  createdAt: z.number(),
  eventTime: z.number().exactOptional(),
  language: z.string().exactOptional(),
  asks: z.boolean(),
  trust: z.literal([0, 1, 2, 3, 4]),
} satisfies Record<Exclude<keyof Required<SignalFields>, 'id'>, z.ZodType>) satisfies z.ZodType<
  Omit<SignalFields, 'id'>
>;

/**
 * Stands for the terms of an item that has none: Weaviate leaves objects without terms out of the mean length, and the
 * statistics of words count them. No term of ours looks like this.
 */
const NO_TERMS = '∅';

/** The terms of a stored item. */
export function termsIn(properties: Readonly<Record<string, unknown>>): string {
  const { terms } = properties;
  return typeof terms !== 'string' || terms === NO_TERMS ? '' : terms;
}

const present = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Properties;

/** When it was said, else stored, in ms since the epoch: what filters and orders look at. */
export const timeOf = (item: Pick<MemoryItem, 'eventTime' | 'createdAt'>) => item.eventTime ?? item.createdAt;

/** What filters look at and a search gives back: all that stands beside a vector. */
export function searchedPropertiesOf(item: MemoryItem): Properties {
  return present({
    kind: item.kind,
    sessionId: item.sessionId,
    documentId: item.documentId,
    parentId: item.parentId,
    role: item.role,
    author: item.author,
    tags: item.tags,
    sources: item.sources,
    time: timeOf(item),
    trust: item.trust,
    // Unknown keys are dropped.
    signals: JSON.stringify(signalsSchema.parse(item)),
  });
}

/** The same properties of an item that is stored. */
export const searchedOnly = (properties: Readonly<Record<string, unknown>>): Properties =>
  present(Object.fromEntries(SEARCHED_PROPERTIES.map((name) => [name, properties[name] ?? undefined])));

export function propertiesOf(item: MemoryItem): Properties {
  const { position, text, s3Path } = item;
  const terms = item.terms === '' ? NO_TERMS : item.terms;
  // The pointer stands in `rest`, too; by itself it is for other tools.
  return present({ ...searchedPropertiesOf(item), position, text, terms, s3Path, rest: restOf(item) });
}

/** The fields of a candidate but its scores. */
export function signalsOf(id: string, properties: Readonly<Record<string, unknown>>): SignalFields {
  return { id, ...signalsSchema.parse(JSON.parse(String(properties['signals']))) };
}

/** A whole item, from all its properties. */
export function itemOf(id: string, properties: Readonly<Record<string, unknown>>): MemoryItem {
  const { text } = properties;
  return {
    ...signalsOf(id, properties),
    ...readRest(String(properties['rest'])),
    terms: termsIn(properties),
    ...(typeof text === 'string' && { text }),
  };
}
