import type { Embedder } from '../../ports/embedder.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Embedders } from '../embedders.ts';
import { observe } from './observe.ts';

function observedEmbedder(telemetry: Telemetry, embedder: Embedder): Embedder {
  return {
    ...embedder,
    embedQuery(text, signal) {
      const work = { kind: 'embedder', method: 'embedQuery', texts: 1 } as const;
      return observe(telemetry, work, () => embedder.embedQuery(text, signal));
    },
    embedTexts(texts, signal) {
      const work = { kind: 'embedder', method: 'embedTexts', texts: texts.length } as const;
      return observe(telemetry, work, () => embedder.embedTexts(texts, signal));
    },
  };
}

/** The same embedders, each of their calls observed. */
export function observedEmbedders(telemetry: Telemetry | undefined, embedders: Embedders): Embedders {
  if (telemetry === undefined) return embedders;
  const known = new WeakMap<Embedder, Embedder>();
  const watched = (embedder: Embedder) => {
    const before = known.get(embedder);
    if (before !== undefined) return before;
    const observed = observedEmbedder(telemetry, embedder);
    known.set(embedder, observed);
    return observed;
  };
  return {
    ...embedders,
    active(ownerId) {
      const { embedder, slot } = embedders.active(ownerId);
      return { embedder: watched(embedder), slot };
    },
    ofSlot(slot) {
      const embedder = embedders.ofSlot(slot);
      return embedder && watched(embedder);
    },
  };
}
