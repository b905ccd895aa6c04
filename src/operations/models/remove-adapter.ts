import { AppError } from '../../core/errors.ts';
import { type ModelSettingsDeps, readModelSettings } from './model-settings.ts';
import { presetOf } from './presets.ts';

export interface RemoveAdapterDeps extends ModelSettingsDeps {
  /** Throws when no adapter has this name. */
  readonly removeFile: (name: string) => Promise<void>;
}

/**
 * Removes the file of an adapter; it is every space's, so one that serves a role anywhere stays. Throws `conflict` then,
 * `not-found` or `unsupported` when there is no adapter of this name.
 */
export async function removeAdapter(
  { name }: { readonly name: string },
  deps: RemoveAdapterDeps,
): Promise<{ removed: string }> {
  const spaces = await deps.ledger.system((tx) => tx.table('spaces').list());
  for (const space of spaces) {
    const [role] = await rolesWith(name, deps, space.ownerId);
    if (role !== undefined)
      throw new AppError(
        'conflict',
        `The adapter ${name} serves ${role} in ${space.name}: set or remove that role first.`,
      );
  }
  await deps.removeFile(name);
  return { removed: name };
}

async function rolesWith(name: string, deps: ModelSettingsDeps, ownerId: string): Promise<string[]> {
  const { roles, providers } = await readModelSettings(deps, ownerId);
  return [...roles].flatMap(([role, { provider, model }]) => {
    const preset = providers.get(provider)?.preset;
    const isLocal = preset !== undefined && presetOf(preset).kind === 'local';
    return isLocal && model.split('+').slice(1).includes(name) ? [role] : [];
  });
}
