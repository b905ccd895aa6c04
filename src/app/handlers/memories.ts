import { addMemories } from '../../chat/notes/add-memories.ts';
import { deleteMemory } from '../../chat/notes/delete-memory.ts';
import { memoryProfile } from '../../chat/notes/memory-profile.ts';
import { updateMemory } from '../../chat/notes/update-memory.ts';
import { AppError } from '../../core/errors.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';

export function memoryHandlers({ services, embedders, within }: Bound) {
  return {
    addMemories: (access, { body }, signal) =>
      addMemories({ ...body, userId: access.userId }, services, within(access, signal)),
    async updateMemory(access, { params, body }, signal) {
      // The route asked for what forgets; this writes, too.
      if (access.actions?.includes('memory:write') === false)
        throw new AppError('forbidden', 'This needs memory:write as well, which is not allowed here.');
      return updateMemory({ ...params, ...body, userId: access.userId }, services, within(access, signal));
    },
    deleteMemory: (access, { params }, signal) => deleteMemory(params, services, within(access, signal)),
    memoryProfile: (access, _input, signal) =>
      memoryProfile(
        { ...services, activeSlot: () => embedders.activeSlot(access.ownerId) },
        within(access, signal),
      ),
  } satisfies Partial<Handlers>;
}
