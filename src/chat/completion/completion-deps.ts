import type { Ctx } from '../../core/context.ts';
import type { ModelName, ModelOf, ModelPurpose, ReadyModel } from '../../ports/language-model.ts';
import type { MemoryMode } from '../../wire/completion.ts';
import type { AnswerDeps, ChatStores } from '../chat-deps.ts';
import type { Personas } from '../generate/personas.ts';

/** The models of a space that callers may name themselves. */
export interface NamedModels {
  list(ctx: Ctx): Promise<readonly ModelName[]>;
  /** `undefined` when the space has no such model. */
  open(name: ModelName, purpose: ModelPurpose, ctx: Ctx): Promise<ReadyModel | undefined>;
}

export interface CompletionDeps extends AnswerDeps, ChatStores {
  readonly modelOf: ModelOf;
  readonly namedModels: NamedModels;
  readonly personas: Personas;
  /** Of personas, when the caller chooses none; a provider's model has `off`. */
  readonly personaMemory: MemoryMode;
}
