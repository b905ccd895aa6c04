import { installedModels } from '../adapters/embedder/installed-models.ts';
import type { Config } from '../config.ts';
import type { Ctx } from '../core/context.ts';
import { slotCoverage } from '../memory/switch-embedder.ts';
import { textSlot } from '../ports/embedder.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { EmbedderView } from '../wire/system.ts';
import { describeChoice } from './embedder-choices.ts';
import type { Embedders } from './embedders.ts';

export interface ModelDeps {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly memory: MemoryStore;
  readonly embedders: Embedders;
}

/** Embedders in use with vectors n of m, then those that are installed only. */
export async function listModels(deps: ModelDeps, ctx: Ctx): Promise<EmbedderView[]> {
  const slots = await slotCoverage({}, deps, ctx);
  const used: EmbedderView[] = [];
  for (const { slot, modelId, dimensions, status, vectors, of } of slots) {
    const choice = await deps.embedders.choiceOf(slot, ctx);
    used.push({
      id: modelId,
      dimensions,
      languages: deps.embedders.ofSlot(slot)?.model.languages ?? [],
      source: choice === undefined ? 'unknown' : describeChoice(choice),
      state: status === 'retired' ? 'installed' : status,
      vectors,
      of,
    });
  }
  const installed = await installedModels(deps.config.modelsFolder);
  const others = installed.flatMap((model): EmbedderView[] => {
    if (model.kind === 'broken' || slots.some(({ slot }) => slot === textSlot(model.model))) return [];
    const { id, dimensions, languages } = model.model;
    return [
      {
        id,
        dimensions,
        languages,
        source: model.name,
        state: 'installed',
        vectors: 0,
        of: 0,
      },
    ];
  });
  return [...used, ...others];
}
