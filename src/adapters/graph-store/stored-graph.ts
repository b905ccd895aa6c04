import { z } from 'zod';
import { foldName } from '../../core/fold-text.ts';
import type { Entity, Evidence, Relation } from '../../ports/graph-store.ts';
import type { GraphRow } from './graph-tables.ts';

const evidenceSchema = z.object({
  itemId: z.string(),
  sources: z.array(z.string()),
  confidence: z.number(),
  trust: z.literal([0, 1, 2, 3, 4]),
}) satisfies z.ZodType<Evidence>;

const entitySchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  language: z.string().exactOptional(),
  mentions: z.array(evidenceSchema.extend({ name: z.string() })),
  createdAt: z.number(),
  version: z.number(),
}) satisfies z.ZodType<Entity>;

const relationSchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  kind: z.string(),
  validFrom: z.number().exactOptional(),
  validTo: z.number().exactOptional(),
  evidence: z.array(evidenceSchema),
  createdAt: z.number(),
  version: z.number(),
}) satisfies z.ZodType<Relation>;

export const entityIn = (body: string): Entity => entitySchema.parse(JSON.parse(body));
export const relationIn = (body: string): Relation => relationSchema.parse(JSON.parse(body));

const distinct = (values: readonly string[]) => [...new Set(values)];
const sourcesOf = (evidence: readonly Evidence[]) => distinct(evidence.flatMap(({ sources }) => sources));

export function entityRow(entity: Entity): GraphRow {
  const { id, name, mentions, createdAt } = entity;
  const names = distinct([name, ...mentions.map((mention) => mention.name)].map(foldName));
  return {
    id,
    keys: { name: names, source: sourcesOf(mentions) },
    strength: mentions.length,
    createdAt,
    body: JSON.stringify(entity),
  };
}

export function relationRow(relation: Relation): GraphRow {
  const { id, from, to, evidence, createdAt } = relation;
  return {
    id,
    keys: { end: distinct([from, to]), source: sourcesOf(evidence) },
    strength: evidence.length,
    createdAt,
    body: JSON.stringify(relation),
  };
}
