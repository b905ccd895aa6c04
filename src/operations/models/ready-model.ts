import type { Log } from '../../core/context.ts';
import type { Timers } from '../../core/timers.ts';
import type { ModelPurpose, ModelRole, ReadyModel } from '../../ports/language-model.ts';
import type { ModelParameters, ProviderKind } from '../../wire/models.ts';
import type { Bookings } from './bookings.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { metered } from './metered.ts';
import { neverEmpty } from './never-empty.ts';
import type { TokenPrice } from './prices.ts';
import { type Patience, retrying } from './retrying.ts';
import { type TimeLimits, timeLimits } from './time-limits.ts';
import { withParameters } from './with-parameters.ts';

export interface CallLimits extends TimeLimits, Patience {}

/** Somebody waits for the answer of these; the rest works in the background. */
const IN_FRONT: ReadonlySet<ModelRole> = new Set(['chat', 'fallback', 'twin']);
const SECOND = 1_000;

/** Ordinary processors read a long prompt for minutes before they write. */
const LOCAL = { firstTokenMs: 300 * SECOND, nextTokenMs: 60 * SECOND };

/**
 * How long a call of a role to a provider of a kind may take; the first token may have to wait until a server has loaded its
 * model.
 */
export function limitsOf(role: ModelRole, kind: ProviderKind): CallLimits {
  const limits = IN_FRONT.has(role)
    ? {
        firstTokenMs: 60 * SECOND,
        nextTokenMs: 30 * SECOND,
        wholeMs: 600 * SECOND,
        tries: 3,
        longestWaitMs: 8 * SECOND,
      }
    : {
        firstTokenMs: 180 * SECOND,
        nextTokenMs: 60 * SECOND,
        wholeMs: 1_800 * SECOND,
        tries: 3,
        longestWaitMs: 60 * SECOND,
      };
  return kind === 'local' ? { ...limits, ...LOCAL } : limits;
}

/** One model of a provider, as settings have it, and what is known of it from earlier calls. */
export interface ChosenModel {
  readonly driver: ReadyModel;
  readonly breaker: CircuitBreaker;
  readonly price: TokenPrice | undefined;
  readonly parameters: ModelParameters;
}

export interface ModelCall {
  readonly ownerId: string;
  readonly role: ModelRole;
  readonly purpose: ModelPurpose;
  readonly limits: CallLimits;
}

export interface CallDeps {
  readonly bookings: Bookings;
  readonly timers: Timers;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
}

/** Wraps a driver for one role and purpose; from the inside: time limits, retries, booking, circuit breaker, no empty answer. */
export function readyModel(chosen: ChosenModel, call: ModelCall, deps: CallDeps): ReadyModel {
  const { ownerId, role, purpose, limits } = call;
  const { feature, promptVersion, userId } = purpose;
  const wraps = [
    timeLimits(limits, deps),
    retrying(limits, deps),
    metered({ ownerId, role, feature, promptVersion, userId, price: chosen.price }, deps),
    chosen.breaker.guard,
    neverEmpty,
    withParameters(chosen.parameters),
  ];
  return wraps.reduce((model, wrap) => wrap(model), chosen.driver);
}
