import type { Ctx } from '../../core/context.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import type { ModelPurpose, ReadyModel } from '../../ports/language-model.ts';
import { isAnswer } from './answering.ts';

/** Purpose of the tiny call that shows whether a model answers. */
export const TRIAL: ModelPurpose = { feature: 'model-test', promptVersion: 'model-test-1' };

/** Enough for a model that thinks before it speaks. */
const TRIAL_TOKENS = 256;

export interface Trial {
  readonly ms: number;
  readonly firstTokenMs: number;
}

/** The error of a trial: with the provider's own words for whoever sets it up, as the driver kept them, without the key. */
export function withProviderWords(thrown: unknown): AppError {
  const error = toAppError(thrown);
  const { code, message, details, cause, retryAfterMs } = error;
  if (details?.['status'] === undefined || !(cause instanceof Error)) return error;
  const said = { ...details, said: cause.message };
  return new AppError(code, message, {
    cause,
    details: said,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Asks a model to say something small, for real. Throws what the provider says against it. */
export async function tryModel(model: ReadyModel, ctx: Ctx): Promise<Trial> {
  const startedAt = ctx.now();
  let firstTokenMs: number | undefined;
  const request = {
    messages: [{ role: 'user' as const, parts: [{ kind: 'text' as const, text: 'Say: ready' }] }],
    maxOutputTokens: TRIAL_TOKENS,
  };
  for await (const event of model.stream(request, ctx.signal)) {
    if (isAnswer(event)) firstTokenMs ??= ctx.now() - startedAt;
  }
  if (firstTokenMs === undefined) throw new AppError('unavailable', 'The model ended without an answer.');
  return { ms: Math.round(ctx.now() - startedAt), firstTokenMs: Math.round(firstTokenMs) };
}
