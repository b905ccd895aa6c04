import type { Access } from '../../core/authorized.ts';
import type { Ctx } from '../../core/context.ts';
import { listLanguageModels } from '../../operations/models/list-models.ts';
import { providerOf, readModelSettings, servedBy } from '../../operations/models/model-settings.ts';
import { openKey } from '../../operations/models/provider-key.ts';
import { type ProviderSettings, baseUrlOf } from '../../operations/models/provider-settings.ts';
import { putProvider, removeProvider } from '../../operations/models/put-provider.ts';
import { removeAdapter } from '../../operations/models/remove-adapter.ts';
import { removeRole, setRole } from '../../operations/models/set-role.ts';
import { TRIAL, tryModel, withProviderWords } from '../../operations/models/try-model.ts';
import {
  budgets,
  listPrices,
  setBudget,
  setPrices,
  usageSummary,
} from '../../operations/models/usage-summary.ts';
import { AppError } from '../../core/errors.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { TrialBody } from '../../wire/models.ts';
import { runsInstallation } from '../installation-host.ts';
import type { Bound } from '../bound.ts';
import { listModels } from '../list-models.ts';
import { localModelView } from '../local-model-view.ts';
import { modelsOf } from '../model-drivers.ts';
import type { ModelUse } from '../models.ts';
import type { Services } from '../services.ts';

/** A list is asked for by somebody who waits. */
const LIST_MS = 20_000;

/** What fails says what the provider said. */
function explained<A extends unknown[], T>(work: (...input: A) => Promise<T>): (...input: A) => Promise<T> {
  return (...input) =>
    work(...input).catch((thrown: unknown) => {
      throw withProviderWords(thrown);
    });
}

/** The settings of models with what they need, and the two ways to find out whether a provider answers. */
function modelDeps({ ledger, models, config }: Services) {
  const { privateHosts } = config;
  const deps = { ledger, fixed: models.fixed, secrets: models.secrets, privateHosts };
  const names = async (settings: ProviderSettings, ctx: Ctx) => {
    const apiKey = await openKey(settings, models.secrets, ctx.ownerId);
    const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(LIST_MS)]);
    return modelsOf(
      { settings, apiKey, baseUrl: baseUrlOf(settings) },
      { config, local: models.local },
      signal,
    );
  };
  const tryOut = async (use: ModelUse, ctx: Ctx) => {
    const { provider, model } = use.body;
    return { provider, model, ...(await tryModel(await models.trial(use, TRIAL, ctx), ctx)) };
  };
  const probe = async (provider: ProviderSettings, model: string | undefined, ctx: Ctx) => {
    const body = { provider: provider.id, model: model ?? '', parameters: {} };
    await (model === undefined ? names(provider, ctx) : tryOut({ role: 'chat', body, provider }, ctx));
  };
  return { ...deps, names: explained(names), tryOut: explained(tryOut), probe: explained(probe) };
}

async function useOf(body: TrialBody, deps: ReturnType<typeof modelDeps>, ctx: Ctx): Promise<ModelUse> {
  const settings = await readModelSettings(deps, ctx.ownerId);
  if ('provider' in body) {
    providerOf(settings, body.provider);
    return { role: 'chat', body: { ...body, parameters: {} } };
  }
  const served = servedBy(settings, body.role);
  if (served !== undefined) return { role: body.role, body: served };
  throw new AppError('not-found', `No model has the role ${body.role}.`);
}

export function modelHandlers({ services, embedders, within }: Bound) {
  const deps = modelDeps(services);
  const showBudgets = (access: Access, ctx: Ctx) => budgets({ all: runsInstallation(access) }, deps, ctx);
  return {
    async listModels(access, _input, signal) {
      const ctx = within(access, signal);
      const found = await listModels({ ...services, embedders }, ctx);
      const local = (await services.models.local.list()).map(localModelView);
      return { embedders: found, local, ...(await listLanguageModels(deps, ctx)) };
    },
    async removeAdapter(_access, { params }) {
      const removeFile = (name: string) => services.models.local.removeAdapter(name);
      return removeAdapter(params, { ...deps, removeFile });
    },
    putProvider: (access, { params, body }, signal) =>
      putProvider({ ...params, body, actions: access.actions }, deps, within(access, signal)),
    removeProvider: (access, { params }, signal) => removeProvider(params, deps, within(access, signal)),
    async listProviderModels(access, { params }, signal) {
      const ctx = within(access, signal);
      const settings = providerOf(await readModelSettings(deps, ctx.ownerId), params.id);
      return { models: await deps.names(settings, ctx) };
    },
    setRole: (access, { params, body }, signal) =>
      setRole(
        { ...params, body },
        { ...deps, tryOut: (role, chosen, ctx) => deps.tryOut({ role, body: chosen }, ctx) },
        within(access, signal),
      ),
    removeRole: (access, { params }, signal) => removeRole(params, deps, within(access, signal)),
    async testModel(access, { body }, signal) {
      const ctx = within(access, signal);
      return deps.tryOut(await useOf(body, deps, ctx), ctx);
    },
    usage: (access, { query }, signal) => usageSummary(query, deps, within(access, signal)),
    budgets: (access, _input, signal) => showBudgets(access, within(access, signal)),
    async setSpaceBudget(access, { body }, signal) {
      await setBudget({ whose: access.ownerId, ...body }, deps);
      return showBudgets(access, within(access, signal));
    },
    async setTotalBudget(access, { body }, signal) {
      await setBudget({ whose: SYSTEM_OWNER, ...body }, deps);
      return showBudgets(access, within(access, signal));
    },
    listPrices: (access, _input, signal) => listPrices(deps, within(access, signal)),
    setPrices: (access, { body }, signal) =>
      setPrices({ ...body, actions: access.actions }, deps, within(access, signal)),
  } satisfies Partial<Handlers>;
}
