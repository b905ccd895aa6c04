import type { Ctx } from '../core/context.ts';
import { type AppError, toAppError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import { type Bookings, bookings } from '../operations/models/bookings.ts';
import type { CircuitBreaker } from '../operations/models/circuit-breaker.ts';
import { fallingBack } from '../operations/models/falling-back.ts';
import {
  type FixedModels,
  type ModelSettings,
  providerOf,
  readModelSettings,
  servedBy,
} from '../operations/models/model-settings.ts';
import { presetOf } from '../operations/models/presets.ts';
import { priceOf } from '../operations/models/prices.ts';
import { type Secrets, openKey } from '../operations/models/provider-key.ts';
import { type ProviderSettings, baseUrlOf } from '../operations/models/provider-settings.ts';
import {
  type CallDeps,
  type CallLimits,
  type ChosenModel,
  limitsOf,
  readyModel,
} from '../operations/models/ready-model.ts';
import type {
  LanguageModel,
  ModelOf,
  ModelPurpose,
  ModelRole,
  ReadyModel,
  ModelName,
} from '../ports/language-model.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { RoleBody } from '../wire/models.ts';
import { type PooledModel, driverPool } from './driver-pool.ts';

/** Everything a driver is opened with. */
export interface DriverSettings {
  readonly settings: ProviderSettings;
  readonly baseUrl: string | undefined;
  readonly apiKey: string | undefined;
  readonly model: string;
}

export interface ModelsDeps extends Omit<CallDeps, 'bookings'> {
  readonly ledger: Ledger;
  readonly newId: () => string;
  readonly fixed: FixedModels;
  readonly secrets: Secrets;
  readonly openDriver: (driver: DriverSettings) => Promise<LanguageModel>;
  /** So long unused, a driver is closed. */
  readonly idleMs: number;
  readonly limitsOf?: typeof limitsOf;
}

/** The language models of all spaces, as their settings are at each call. */
export interface Models {
  readonly of: ModelOf;
  /** A model to be tried out: asked once, without a fallback, also when it has failed lately. */
  trial(use: ModelUse, purpose: ModelPurpose, ctx: Ctx): Promise<ReadyModel>;
  /** A model by the name a caller gives, without a fallback; `undefined` when its provider is not set. */
  named(name: ModelName, purpose: ModelPurpose, ctx: Ctx): Promise<ReadyModel | undefined>;
  readonly bookings: Bookings;
  close(): Promise<void>;
}

/** A model in a role; `provider` where its settings are not those that are kept. */
export interface ModelUse {
  readonly role: ModelRole;
  readonly body: RoleBody;
  readonly provider?: ProviderSettings;
}

/** Somebody waits and wants to know; a server may have to load its model first. */
const TRIAL_LIMITS: CallLimits = {
  firstTokenMs: 90_000,
  nextTokenMs: 30_000,
  wholeMs: 120_000,
  tries: 1,
  longestWaitMs: 0,
};
const UNGUARDED: CircuitBreaker = { guard: (model) => model };

/** Stands for a model whose driver cannot be opened: asked, it says why, so that a fallback can answer. */
function closedModel(body: RoleBody, error: AppError): PooledModel {
  const name = { provider: body.provider, model: body.model };
  return {
    driver: {
      facts: { name, contextTokens: undefined, structuredOutput: false, images: false },
      stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }),
    },
    breaker: UNGUARDED,
  };
}

export function openModels(deps: ModelsDeps): Models {
  const pool = driverPool(deps);
  const booked = bookings(deps);
  const limits = (role: ModelRole, settings: ModelSettings, provider: string): CallLimits =>
    (deps.limitsOf ?? limitsOf)(role, presetOf(providerOf(settings, provider).preset).kind);

  const pooled = async (use: ModelUse, settings: ProviderSettings, ctx: Ctx): Promise<PooledModel> => {
    const apiKey = await openKey(settings, deps.secrets, ctx.ownerId);
    const driver = { settings, baseUrl: baseUrlOf(settings), apiKey, model: use.body.model };
    const content = sha256(JSON.stringify([driver, ctx.ownerId]));
    const tried = use.provider === undefined ? '' : ' tried';
    const place = `${ctx.ownerId} ${settings.id} ${use.body.model}${tried}`;
    return pool.get({ place, content }, () => deps.openDriver(driver));
  };
  const chosen = async (use: ModelUse, settings: ModelSettings, ctx: Ctx): Promise<ChosenModel> => {
    const { model, parameters, provider: id } = use.body;
    const provider = use.provider ?? providerOf(settings, id);
    const { driver, breaker } = await pooled(use, provider, ctx).catch((thrown: unknown) =>
      closedModel(use.body, toAppError(thrown)),
    );
    return { driver, breaker, price: priceOf(model, provider, settings.prices), parameters };
  };
  const callDeps = { ...deps, bookings: booked };
  return {
    bookings: booked,
    async trial(use, purpose, ctx) {
      const model = await chosen(use, await readModelSettings(deps, ctx.ownerId), ctx);
      const call = { ownerId: ctx.ownerId, role: use.role, purpose, limits: TRIAL_LIMITS };
      return readyModel({ ...model, breaker: UNGUARDED }, call, callDeps);
    },
    async named({ provider, model }, purpose, ctx) {
      const settings = await readModelSettings(deps, ctx.ownerId);
      if (!settings.providers.has(provider)) return undefined;
      const use: ModelUse = { role: 'chat', body: { provider, model, parameters: {} } };
      const within = limits(use.role, settings, provider);
      const call = { ownerId: ctx.ownerId, role: use.role, purpose, limits: within };
      return readyModel(await chosen(use, settings, ctx), call, callDeps);
    },
    async of(role, purpose, ctx) {
      const settings = await readModelSettings(deps, ctx.ownerId);
      const ready = async (as: ModelRole, body: RoleBody) => {
        const within = limits(role, settings, body.provider);
        const call = { ownerId: ctx.ownerId, role: as, purpose, limits: within };
        return readyModel(await chosen({ role: as, body }, settings, ctx), call, callDeps);
      };
      const body = servedBy(settings, role);
      if (body === undefined) return undefined;
      const first = await ready(role, body);
      const second = settings.roles.get('fallback');
      const same = second?.provider === body.provider && second.model === body.model;
      return second === undefined || same ? first : fallingBack(first, await ready('fallback', second));
    },
    close: () => pool.close(),
  };
}
