import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { ModelName, ReadyModel } from '../../ports/language-model.ts';
import type { CompletionModel } from '../../wire/completion.ts';
import type { CompletionDeps } from './completion-deps.ts';
import { completionPromptVersion } from './completion-prompt.ts';

/** Id of the default persona, and what the ids of the others begin with. */
const JIWA = 'jiwa';

/** What a model id stands for. */
export type ChosenModel =
  | { readonly kind: 'persona'; readonly text: string; readonly model: ReadyModel | undefined }
  | { readonly kind: 'provider'; readonly model: ReadyModel };

function purpose(userId: string, persona?: string) {
  return { feature: 'openai', promptVersion: completionPromptVersion(persona), userId };
}

function providerModel(id: string): ModelName | undefined {
  const slash = id.indexOf('/');
  if (slash < 1 || slash === id.length - 1) return undefined;
  return { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}

/** The model an id means, ready to be called. Throws `not-found` when the space has none by it. */
export async function chooseModel(
  input: { readonly model: string; readonly userId: string },
  deps: CompletionDeps,
  ctx: Ctx,
): Promise<ChosenModel> {
  const name = providerModel(input.model);
  if (input.model === JIWA || name?.provider === JIWA) {
    const text = await deps.personas.text(name?.model);
    if (text !== undefined)
      return { kind: 'persona', text, model: await deps.modelOf('chat', purpose(input.userId, text), ctx) };
  } else if (name !== undefined) {
    const model = await deps.namedModels.open(name, purpose(input.userId), ctx);
    if (model !== undefined) return { kind: 'provider', model };
  }
  throw new AppError('not-found', `There is no model ${input.model}; GET /v1/models lists those there are.`, {
    details: { model: input.model },
  });
}

/** Every model a caller may name: personas first, then those of providers. */
export async function listCompletionModels(
  createdAt: number,
  deps: Pick<CompletionDeps, 'personas' | 'namedModels'>,
  ctx: Ctx,
): Promise<CompletionModel[]> {
  const [personas, named] = await Promise.all([deps.personas.list(), deps.namedModels.list(ctx)]);
  return [
    { id: JIWA, createdAt, ownedBy: JIWA },
    ...personas.map((name) => ({ id: `${JIWA}/${name}`, createdAt, ownedBy: JIWA })),
    ...named.map(({ provider, model }) => ({ id: `${provider}/${model}`, createdAt, ownedBy: provider })),
  ];
}
