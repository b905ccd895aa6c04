import { z } from 'zod';
import { MEMORY_MODES } from './completion.ts';

/** `null` is what many clients send for "not given". */
export function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Names of functions and schemas, as the clients check them. */
export const FunctionName = z.string().regex(/^[\w.-]{1,64}$/);
export const AnySchema = z.record(z.string(), z.unknown());
export const MemoryChoice = z.enum(MEMORY_MODES);

/** String pairs of the caller; `jiwa_memory` and `jiwa_session` (or `conversation`) are ours to read. */
const Metadata = z.record(z.string().max(64), z.union([z.string(), z.number(), z.boolean()]));

/** Sampling and length, where both protocols agree. */
export const sampling = {
  model: z.string().min(1).max(200),
  temperature: maybe(z.number().min(0).max(2)),
  top_p: maybe(z.number().min(0).max(1)),
  metadata: maybe(Metadata),
  user: maybe(z.string().max(500)),
  stream: maybe(z.boolean()),
} as const;

/** At most so many tokens. */
export const TokenLimit = maybe(z.number().int().min(1).max(10_000_000));

/** What Jiwa adds to the answers of both protocols. */
export interface JiwaExtra {
  /** What was used of memory and kept in it: `off`, `session`, `all` or `read-only`. */
  readonly memory: string;
  /** Items the answer could rest on; open them with /api/citations/{id}. */
  readonly memories: readonly string[];
  /** The conversation that remembers the turn. */
  readonly session?: string;
}
