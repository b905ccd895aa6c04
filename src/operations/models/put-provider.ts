import type { Access } from '../../core/authorized.ts';
import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { ProviderBody, ProviderView } from '../../wire/models.ts';
import { providerView } from './list-models.ts';
import { type ModelSettingsDeps, providerRows, readModelSettings } from './model-settings.ts';
import { type Secrets, keyBoundTo } from './provider-key.ts';
import { type ProviderSettings, type StoredKey, baseUrlOf, isPrivateAddress } from './provider-settings.ts';

export interface PutProviderDeps extends ModelSettingsDeps {
  readonly secrets: Pick<Secrets, 'sealer'>;
  /** Hosts that may lie in the network of the machine, whatever their names look like. */
  readonly privateHosts: readonly string[];
  /** Calls the provider for real with these settings: the model if one is named, else its list of models. */
  readonly probe: (settings: ProviderSettings, model: string | undefined, ctx: Ctx) => Promise<void>;
}

export interface PutProvider {
  readonly id: string;
  readonly body: ProviderBody;
  /** What the caller may do: names of the machine's secrets and private addresses are for its hosts. */
  readonly actions: Access['actions'];
}

/** A key that is kept goes only where it went before. */
function keptKey(before: ProviderSettings | undefined, now: ProviderSettings): StoredKey | undefined {
  if (before?.key === undefined) return undefined;
  if (baseUrlOf(before) === baseUrlOf(now)) return before.key;
  throw new AppError(
    'invalid-input',
    `The address of ${now.id} is another one now: give its key again, or null for none.`,
  );
}

async function keyOf(
  { id, body: { key } }: PutProvider,
  kept: () => StoredKey | undefined,
  { secrets }: PutProviderDeps,
  { ownerId }: Ctx,
): Promise<StoredKey | undefined> {
  if (key === undefined) return kept();
  if (key === null) return undefined;
  if (!('value' in key)) return key;
  return { sealed: await secrets.sealer.seal(key.value, keyBoundTo(ownerId, id)) };
}

/** Whatever the port: what else that host serves is its network's, too. */
function isNamed(address: string, privateHosts: readonly string[]): boolean {
  const { hostname } = new URL(address);
  return privateHosts.some((named) => named.toLowerCase().replace(/:\d+$/, '') === hostname);
}

function checkReach(
  { actions, body }: PutProvider,
  settings: ProviderSettings,
  privateHosts: readonly string[],
): void {
  if (actions?.includes('system:manage') === true) return;
  const address = baseUrlOf(settings);
  const named = body.key !== null && body.key !== undefined && !('value' in body.key);
  const own = address === undefined || isPrivateAddress(address) || isNamed(address, privateHosts);
  if (!named && !own) return;
  throw new AppError(
    'forbidden',
    'Secrets and addresses of the machine and its network are for the hosts of the installation.',
  );
}

/** Sets a provider after it has answered a real call. Throws the provider's reason when it does not; then nothing changes. */
export async function putProvider(
  input: PutProvider,
  deps: PutProviderDeps,
  ctx: Ctx,
): Promise<ProviderView> {
  const { id, body } = input;
  if (deps.fixed.providers.some((provider) => provider.id === id)) {
    throw new AppError('conflict', `${id} is fixed by the environment and cannot be changed here.`);
  }
  const { preset, baseUrl, contextTokens, model } = body;
  const plain: ProviderSettings = {
    id,
    preset,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
  checkReach(input, plain, deps.privateHosts);
  const before = (await readModelSettings(deps, ctx.ownerId)).providers.get(id);
  const key = await keyOf(input, () => keptKey(before, plain), deps, ctx);
  const settings = key === undefined ? plain : { ...plain, key };
  await deps.probe(settings, model, ctx);
  await providerRows.keep(deps, ctx.ownerId, { name: id, value: settings });
  return providerView(settings, deps.fixed);
}

/** Removes a provider. Throws `not-found`, or `conflict` while a role is served by it. */
export async function removeProvider(
  { id }: { readonly id: string },
  deps: ModelSettingsDeps,
  { ownerId }: Ctx,
): Promise<{ removed: string }> {
  const { roles } = await readModelSettings(deps, ownerId);
  const serving = [...roles].flatMap(([role, { provider }]) => (provider === id ? [role] : []));
  if (serving.length > 0) {
    throw new AppError('conflict', `${id} serves ${serving.join(', ')}: set or remove these roles first.`);
  }
  if ((await providerRows.remove(deps, ownerId, id)) === 0) {
    throw new AppError('not-found', `There is no provider ${id}.`);
  }
  return { removed: id };
}
