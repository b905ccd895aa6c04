import { z } from 'zod';
import type { Candidate, MemoryItem } from '../../ports/memory-store.ts';

/** The fields of an item that no driver filters, searches or gives back with a candidate. */
type RestFields = Omit<MemoryItem, keyof Candidate | 'text' | 'terms'>;

/** A field that an item has and this has not does not compile. */
const restSchema = z.object({
  s3Path: z.string().exactOptional(),
  validFrom: z.number().exactOptional(),
  validTo: z.number().exactOptional(),
  tags: z.array(z.string()),
  entities: z.array(z.string()),
  heading: z.string().exactOptional(),
  page: z.number().exactOptional(),
  start: z.number().exactOptional(),
  end: z.number().exactOptional(),
  filename: z.string().exactOptional(),
  contentType: z.string().exactOptional(),
  credibility: z.number().exactOptional(),
  effectiveness: z.number().exactOptional(),
  strategy: z.string().exactOptional(),
  derivedFrom: z.array(z.string()),
  sources: z.array(z.string()),
  analyserVersion: z.number(),
  version: z.number(),
} satisfies Record<keyof Required<RestFields>, z.ZodType>) satisfies z.ZodType<RestFields>;

/** These fields as JSON. Written out, as every item that is written passes here. */
export function restOf(item: MemoryItem): string {
  const rest: { [K in keyof Required<RestFields>]: RestFields[K] } = {
    s3Path: item.s3Path,
    validFrom: item.validFrom,
    validTo: item.validTo,
    tags: item.tags,
    entities: item.entities,
    heading: item.heading,
    page: item.page,
    start: item.start,
    end: item.end,
    filename: item.filename,
    contentType: item.contentType,
    credibility: item.credibility,
    effectiveness: item.effectiveness,
    strategy: item.strategy,
    derivedFrom: item.derivedFrom,
    sources: item.sources,
    analyserVersion: item.analyserVersion,
    version: item.version,
  };
  return JSON.stringify(rest);
}

/** What `restOf` made. */
export const readRest = (json: string): RestFields => restSchema.parse(JSON.parse(json));
