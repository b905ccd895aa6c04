import { modelAnswerer } from '../../src/chat/generate/model-answerer.ts';
import type { Personas } from '../../src/chat/generate/personas.ts';
import { keepTrace } from '../../src/chat/trace.ts';
import { structured } from '../../src/operations/models/structured.ts';
import type { ModelOf } from '../../src/ports/language-model.ts';
import { openChatRoom } from './chat-room.ts';

/** For tests of rooms, which may not import one another. */
export { structured };

/** Two personas in memory. */
export const fakePersonas: Personas = {
  list: async () => ['default', 'plain'],
  text: async (name = 'default') =>
    name === 'default' || name === 'plain' ? `You are ${name} Jiwa.` : undefined,
};

/** The room `chat` whose answers come from a model; traces are kept. */
export function openTalkingRoom(modelOf: ModelOf) {
  return openChatRoom({
    wrap(real) {
      const deps = { ...real, modelOf, structured, personas: fakePersonas };
      return {
        ...deps,
        answerer: modelAnswerer(deps),
        keepTrace: (trace, answered, ctx) => keepTrace(trace, answered, deps, ctx),
      };
    },
  });
}

export type TalkingRoom = Awaited<ReturnType<typeof openTalkingRoom>>;
