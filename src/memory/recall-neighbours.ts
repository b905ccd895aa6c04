import type { Ctx } from '../core/context.ts';
import type { MemoryItem, MemoryStore } from '../ports/memory-store.ts';
import type { Hit } from '../wire/recall.ts';

type NeighbourView = Hit['neighbours'][number];

/** Where something found stands. */
type Place = Pick<MemoryItem, 'id' | 'kind' | 'sessionId' | 'position'>;

function viewOf(neighbour: MemoryItem, of: Place): NeighbourView {
  return {
    id: neighbour.id,
    distance: neighbour.position - of.position,
    text: neighbour.text ?? '',
    ...(neighbour.role === undefined ? {} : { role: neighbour.role }),
    ...(neighbour.author === undefined ? {} : { author: neighbour.author }),
  };
}

/**
 * The turns around each message among the places, in order of place, by item id. Other kinds have none: what surrounds
 * a chunk is seen when its citation is opened.
 */
export async function neighboursOf(
  places: readonly Place[],
  { neighbours, excluded }: { readonly neighbours: number; readonly excluded: ReadonlySet<string> },
  { memory }: { readonly memory: MemoryStore },
  ctx: Ctx,
): Promise<Map<string, NeighbourView[]>> {
  const messages = places.filter(({ kind, sessionId }) => kind === 'message' && sessionId !== undefined);
  if (neighbours === 0 || messages.length === 0) return new Map();
  const ranges = messages.map(({ sessionId, position }) => ({
    ...(sessionId === undefined ? {} : { sessionId }),
    from: position - neighbours,
    to: position + neighbours,
  }));
  const around = (await memory.at(ctx.ownerId, ranges, ctx.signal)).filter(
    ({ sources }) => !sources.some((source) => excluded.has(source)),
  );
  const bySession = Map.groupBy(
    new Map(around.map((item) => [item.id, item])).values(),
    ({ sessionId }) => sessionId,
  );
  return new Map(
    messages.map((message) => {
      const near = (bySession.get(message.sessionId) ?? []).filter(
        ({ id, position }) => id !== message.id && Math.abs(position - message.position) <= neighbours,
      );
      return [
        message.id,
        near.toSorted((a, b) => a.position - b.position).map((item) => viewOf(item, message)),
      ];
    }),
  );
}
