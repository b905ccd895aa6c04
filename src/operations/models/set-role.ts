import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { ModelRole } from '../../ports/language-model.ts';
import type { RoleBody, RoleView } from '../../wire/models.ts';
import { type ModelSettingsDeps, providerOf, readModelSettings, roleRows } from './model-settings.ts';

export interface SetRoleDeps extends ModelSettingsDeps {
  /** Lets the model answer something small. */
  readonly tryOut: (role: ModelRole, body: RoleBody, ctx: Ctx) => Promise<unknown>;
}

function checkOpen(role: ModelRole, { fixed }: ModelSettingsDeps): void {
  if (fixed.roles[role] === undefined) return;
  throw new AppError('conflict', `The role ${role} is fixed by the environment and cannot be changed here.`);
}

/** Gives a role to a model that has just answered. Throws the provider's reason when it does not; then nothing changes. */
export async function setRole(
  { role, body }: { readonly role: ModelRole; readonly body: RoleBody },
  deps: SetRoleDeps,
  ctx: Ctx,
): Promise<RoleView> {
  checkOpen(role, deps);
  providerOf(await readModelSettings(deps, ctx.ownerId), body.provider);
  await deps.tryOut(role, body, ctx);
  await roleRows.keep(deps, ctx.ownerId, { name: role, value: body });
  return { role, ...body, locked: false, inherited: false };
}

/** Takes a role from its model: the chat model serves it, or without one the floor. Throws `not-found`. */
export async function removeRole(
  { role }: { readonly role: ModelRole },
  deps: ModelSettingsDeps,
  { ownerId }: Ctx,
): Promise<{ removed: string }> {
  checkOpen(role, deps);
  if ((await roleRows.remove(deps, ownerId, role)) > 0) return { removed: role };
  throw new AppError('not-found', `The role ${role} has no model of its own.`);
}
