import type { Ctx } from '../../core/context.ts';
import { isAbort, toAppError } from '../../core/errors.ts';
import type { ReadyModel } from '../../ports/language-model.ts';
import type { Hit } from '../../wire/recall.ts';
import type { CompletionDeps } from './completion-deps.ts';
import { completionFloor } from './completion-floor.ts';
import type { CompletionInput } from './completion-input.ts';
import type { ChosenModel } from './completion-model.ts';
import { completionPrompt } from './completion-prompt.ts';
import type { MemoryUse } from './memory-use.ts';
import { restsOn } from './rests-on.ts';
import type { Speech } from './speech.ts';

/** A conversation with all that was found out for it. */
export interface Prepared {
  readonly input: CompletionInput;
  readonly chosen: ChosenModel;
  readonly use: MemoryUse;
  readonly hits: readonly Hit[];
}

/** What follows an event that was waited for already. */
async function* from<T>(first: IteratorResult<T, unknown>, rest: AsyncIterator<T>): AsyncIterable<T> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Resolves when the model has said its first word. */
async function begin(model: ReadyModel, { input, chosen, hits }: Prepared, ctx: Ctx): Promise<Speech> {
  const { messages, asked } = input;
  const persona = chosen.kind === 'persona' ? chosen.text : undefined;
  const answerTokens = asked.maxOutputTokens;
  const prompt = completionPrompt({ messages, persona, hits, answerTokens }, model.facts);
  const events = model.stream({ ...asked, messages: prompt.messages }, ctx.signal)[Symbol.asyncIterator]();
  const first = await events.next();
  const { memories } = prompt;
  return {
    memories: memories.map(({ id }) => id),
    said: from(first, events),
    restsOn: (text) => restsOn(text, memories),
  };
}

/**
 * A model's own words; the floor for a persona that has no model, or one that fails before it said anything. A model that
 * was named fails as it fails.
 */
export async function speak(prepared: Prepared, deps: CompletionDeps, ctx: Ctx): Promise<Speech> {
  const { input, chosen, use } = prepared;
  if (chosen.model !== undefined) {
    try {
      return await begin(chosen.model, prepared, ctx);
    } catch (error) {
      ctx.signal.throwIfAborted();
      const { code, message } = toAppError(error);
      if (chosen.kind === 'provider' || isAbort(error) || code === 'invalid-input') throw error;
      ctx.log.warn('completion-fell-to-the-floor', { code, message });
    }
  }
  return completionFloor(input, use, deps, ctx);
}
