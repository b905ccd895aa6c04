import type { z } from 'zod';
import type { ErrorCode } from '../core/errors.ts';
import type { ModelRequest, ReadyModel } from './language-model.ts';

/** What is asked for as JSON. */
export interface StructuredAsk<T> {
  /** What the object is, as one word. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** The schema is added to it, for models that cannot be held to one. */
  readonly request: Omit<ModelRequest, 'output' | 'tools' | 'toolChoice'>;
}

/** An object of the schema, and who made it. */
export type StructuredResult<T> =
  | { readonly value: T; readonly by: 'model' | 'repair' }
  /** Why the model's answer was no use: an error of its call, or `unreadable`. */
  | { readonly value: T; readonly by: 'floor'; readonly reason: ErrorCode };

/**
 * Asks a model for an object; what does not fit goes back to it once with what is wrong, then `floor` makes one without a
 * model. Without a model the floor serves at once. Throws only `aborted`, and what `floor` throws.
 */
export type Structured = <T>(
  model: ReadyModel | undefined,
  ask: StructuredAsk<T>,
  floor: () => T,
  signal: AbortSignal,
) => Promise<StructuredResult<T>>;
