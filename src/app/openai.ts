import type { CompletionDeps, NamedModels } from '../chat/completion/completion-deps.ts';
import { complete } from '../chat/completion/complete.ts';
import { listCompletionModels } from '../chat/completion/completion-model.ts';
import { forgottenSince } from '../chat/is-forgotten.ts';
import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { estimateTokens } from '../memory/token-budget.ts';
import { readModelSettings } from '../operations/models/model-settings.ts';
import { presetOf } from '../operations/models/presets.ts';
import type { ProviderSettings } from '../operations/models/provider-settings.ts';
import type { OpenAiHandlers } from '../surfaces/http/openai/open-ai-handlers.ts';
import type { Bound } from './bound.ts';
import { localModelNames } from './model-drivers.ts';
import { bindRecall } from './recall.ts';
import type { Services } from './services.ts';

/** Any model of a provider that is set may be named; listed are those that have a role, and those of this machine. */
function namedModels({ ledger, models }: Services): NamedModels {
  return {
    async list({ ownerId }) {
      const { roles, providers } = await readModelSettings({ ledger, fixed: models.fixed }, ownerId);
      const isLocal = ({ preset }: ProviderSettings) => presetOf(preset).kind === 'local';
      const local = [...providers.values()].filter(isLocal);
      const names = local.length === 0 ? [] : await localModelNames(models.local);
      const own = local.flatMap(({ id }) => names.map((model) => ({ provider: id, model })));
      const all = [...roles.values(), ...own];
      return [...new Map(all.map((name) => [`${name.provider}/${name.model}`, name])).values()];
    },
    open: (name, purpose, ctx) => models.named(name, purpose, ctx),
  };
}

/** The use cases behind `/v1`. */
export function bindOpenAi(bound: Omit<Bound, 'recall' | 'within'>): OpenAiHandlers {
  const { services, embedders, answering, startedAt } = bound;
  const { now, newId, log, config, ledger } = services;
  const recall = bindRecall(services, embedders);
  const within = ({ ownerId }: Access, signal: AbortSignal): Ctx => ({ ownerId, signal, now, newId, log });
  const depsFor = ({ ownerId }: Access): CompletionDeps => ({
    ...services,
    recall,
    embedder: () => embedders.active(ownerId),
    modelOf: answering.modelOf,
    personas: answering.personas,
    namedModels: namedModels(services),
    personaMemory: config.openAiMemory,
  });
  return {
    async listModels(access, signal) {
      const models = await listCompletionModels(startedAt, depsFor(access), within(access, signal));
      const { id } = embedders.active(access.ownerId).embedder.model;
      return [...models, { id, createdAt: startedAt, ownedBy: 'jiwa' }];
    },
    complete(access, request, signal) {
      const { userId, credentialId, actions = [] } = access;
      const input = { ...request, userId, credentialId, mayRemember: actions.includes('memory:write') };
      return complete(input, depsFor(access), within(access, signal));
    },
    forgotSince({ ownerId }, time) {
      return forgottenSince(ledger.readsOf(ownerId), time);
    },
    async embed(access, { model, texts }, signal) {
      const { embedder } = embedders.active(access.ownerId);
      const { id } = embedder.model;
      if (model !== id) {
        const message = `Expected the embedder in use, ${id}, got ${model}.`;
        throw new AppError('not-found', message, { details: { model } });
      }
      const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
      return { model, vectors: await embedder.embedTexts(texts, signal), tokens };
    },
  };
}
