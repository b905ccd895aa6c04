import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { ModelRole } from '../../ports/language-model.ts';
import { ModelRole as RoleName, Price, RoleBody } from '../../wire/models.ts';
import { ProviderSettings } from './provider-settings.ts';

/** What the environment fixes for every space: it wins and cannot be changed. */
export interface FixedModels {
  readonly providers: readonly ProviderSettings[];
  readonly roles: Readonly<Partial<Record<ModelRole, RoleBody>>>;
}

/** Providers, roles and own prices of a space as they are now. */
export interface ModelSettings {
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly roles: ReadonlyMap<ModelRole, RoleBody>;
  readonly prices: readonly Price[];
}

export interface ModelSettingsDeps {
  readonly ledger: Ledger;
  readonly fixed: FixedModels;
}

const PROVIDER = 'model-provider:';
const ROLE = 'model-role:';
const PRICES = 'model-prices';

/** The roles, in the order they are shown. */
export const ROLES = RoleName.options;

function readRow(
  key: string,
  value: string,
  found: {
    providers: Map<string, ProviderSettings>;
    roles: Map<ModelRole, RoleBody>;
    prices: readonly Price[];
  },
): void {
  const json: unknown = JSON.parse(value);
  if (key.startsWith(PROVIDER)) found.providers.set(key.slice(PROVIDER.length), ProviderSettings.parse(json));
  else if (key.startsWith(ROLE))
    found.roles.set(RoleName.parse(key.slice(ROLE.length)), RoleBody.parse(json));
  else if (key === PRICES) found.prices = z.array(Price).parse(json);
}

/** Reads everything in one go, each time it is used: a change holds for the next call. */
export async function readModelSettings(deps: ModelSettingsDeps, ownerId: string): Promise<ModelSettings> {
  const rows = await deps.ledger
    .readsOf(ownerId)
    .table('settings')
    .list({ where: { key: { contains: 'model-' } } });
  const found = {
    providers: new Map<string, ProviderSettings>(),
    roles: new Map<ModelRole, RoleBody>(),
    prices: [] as readonly Price[],
  };
  for (const { key, value } of rows) readRow(key, value, found);
  for (const provider of deps.fixed.providers) found.providers.set(provider.id, provider);
  for (const role of ROLES) {
    const fixed = deps.fixed.roles[role];
    if (fixed !== undefined) found.roles.set(role, fixed);
  }
  return found;
}

/** The model of a role: its own, else the chat model's; a fallback is only what was set as one. */
export function servedBy({ roles }: Pick<ModelSettings, 'roles'>, role: ModelRole): RoleBody | undefined {
  return roles.get(role) ?? (role === 'fallback' ? undefined : roles.get('chat'));
}

/** Throws `not-found` for a provider that is not set. */
export function providerOf({ providers }: Pick<ModelSettings, 'providers'>, id: string): ProviderSettings {
  const provider = providers.get(id);
  if (provider !== undefined) return provider;
  const known = [...providers.keys()].join(', ') || 'none';
  throw new AppError('not-found', `There is no provider ${id}; known: ${known}.`);
}

function keeper(key: (name: string) => string) {
  return {
    keep: (deps: Pick<ModelSettingsDeps, 'ledger'>, ownerId: string, row: { name: string; value: unknown }) =>
      deps.ledger.forOwner(ownerId, (tx) =>
        tx
          .table('settings')
          .upsert({ key: key(row.name), value: JSON.stringify(row.value), updatedAt: tx.now }),
      ),
    remove: (deps: Pick<ModelSettingsDeps, 'ledger'>, ownerId: string, name: string) =>
      deps.ledger.forOwner(ownerId, (tx) => tx.table('settings').remove({ key: key(name) })),
  };
}

export const providerRows = keeper((id) => `${PROVIDER}${id}`);
export const roleRows = keeper((role) => `${ROLE}${role}`);
export const priceRows = keeper(() => PRICES);
