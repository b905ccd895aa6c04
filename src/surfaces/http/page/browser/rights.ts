import type { Me } from '../../../../wire/people.ts';
import type { Action } from '../../../../wire/route.ts';

/** What a control gets whose use would be refused: it does nothing, and its title says why. Empty for who may use it. */
export interface Lock {
  readonly disabled?: true;
  readonly title?: string;
}

/** The lock on what needs this action; `toDo` says what that is, as in `to write`. */
export function lockOn(action: Action, toDo: string, { actions, space }: Me): Lock {
  if (actions.includes(action)) return {};
  return {
    disabled: true,
    title: `Your role in ${space.name} is ${space.role}; it does not let you ${toDo}.`,
  };
}
