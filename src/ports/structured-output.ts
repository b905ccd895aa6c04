import type { z } from 'zod';
import type { ErrorCode } from '../core/errors.ts';
import type { ModelRequest, ModelUsage, ReadyModel } from './language-model.ts';

/** What is asked for as JSON. */
export interface StructuredAsk<T> {
  /** What the object is, as one word. */
  readonly name: string;
  /** What is taken for one. */
  readonly schema: z.ZodType<T>;
  /** What the model is told it is, where `schema` forgives more than is asked for. */
  readonly told?: z.ZodType;
  /** The schema is added to it, for models that cannot be held to one. */
  readonly request: Omit<ModelRequest, 'output' | 'tools' | 'toolChoice'>;
}

/** What the calls took together, as far as it was told; a call that broke off told nothing. */
export interface StructuredCosts {
  readonly usage?: ModelUsage | undefined;
  readonly costMicros?: number | undefined;
}

/** An object of the schema, who made it, and what that took. */
export type StructuredResult<T> = StructuredCosts &
  (
    | { readonly value: T; readonly by: 'model' | 'repair' }
    /** Why the model's answer was no use: an error of its call, or `unreadable`. */
    | { readonly value: T; readonly by: 'floor'; readonly reason: ErrorCode }
  );

/**
 * Asks a model for an object; what does not fit goes back to it once with what is wrong, then `floor` makes one without a
 * model. Without a model the floor serves at once, and so it does (`timeout`) when the time of an `AbortSignal.timeout` runs
 * out. Throws only `aborted`, and what `floor` throws.
 */
export type Structured = <T>(
  model: ReadyModel | undefined,
  ask: StructuredAsk<T>,
  floor: () => T,
  signal: AbortSignal,
) => Promise<StructuredResult<T>>;
