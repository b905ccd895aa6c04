import type { ModelOf, ModelRole, ModelUsage, ReadyModel } from '../../ports/language-model.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { ProviderPreset } from '../../wire/models.ts';
import { isAnswer } from '../../operations/models/answering.ts';
import { observedValues } from './observe.ts';

/** A provider's id is chosen by people; a label must be one of few. */
function providerLabel(id: string): string {
  return ProviderPreset.safeParse(id).data ?? 'other';
}

function observedModel(telemetry: Telemetry, role: ModelRole, model: ReadyModel): ReadyModel {
  const { provider, model: name } = model.facts.name;
  return {
    ...model,
    stream(request, signal) {
      const work = { kind: 'model', role, provider: providerLabel(provider), model: name } as const;
      const observed = telemetry.begin(work);
      let spoken = false;
      let usage: ModelUsage | undefined;
      const events = observed.within(() => model.stream(request, signal));
      return observedValues(events, observed, {
        seen(event) {
          if (event.kind === 'end') usage = event.usage;
          if (spoken || !isAnswer(event)) return;
          spoken = true;
          observed.firstToken();
        },
        endOf: () => ({ outcome: 'ok', usage }),
      });
    },
  };
}

/** Models as they are asked for; each of their answers is observed. */
export function observedModels(telemetry: Telemetry | undefined, modelOf: ModelOf): ModelOf {
  if (telemetry === undefined) return modelOf;
  return async (role, purpose, ctx) => {
    const model = await modelOf(role, purpose, ctx);
    return model && observedModel(telemetry, role, model);
  };
}
